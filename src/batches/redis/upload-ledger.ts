/** Uploads that have not ended: those that this gateway receives, and those whose gateway is gone. */
import type { RedisConnection } from './connection.ts';
import { type Gateways, MISSED_BEATS } from './gateways.ts';

export class UploadLedger {
  readonly #connection: RedisConnection;
  readonly #gateways: Gateways;
  /** For each batch that this gateway receives, until its upload ends: how many items were added to it. */
  readonly added = new Map<string, number>();
  /** Batches that looked like orphans in the last round, and in how many rounds in a row they did. */
  #suspects: ReadonlyMap<string, number> = new Map();

  constructor(connection: RedisConnection, gateways: Gateways) {
    this.#connection = connection;
    this.#gateways = gateways;
  }

  /**
   * Batches whose upload has ended without their being complete or discarded: their gateway died, or Redis was away when it
   * was to be told. They must seem so several times in a row, since after Redis was away all gateways are silent for a moment.
   * To be called once for each beat.
   */
  async orphans(): Promise<readonly string[]> {
    const accepting = await this.#connection.call((redis) => redis.hgetall(this.#connection.keys.accepting));
    // Cancelled, or complete without our having heard of it.
    for (const batchId of this.added.keys()) if (accepting[batchId] === undefined) this.added.delete(batchId);
    const alive = new Set((await this.#gateways.nodes()).map(({ id }) => id));
    const suspects = Object.entries(accepting).flatMap(([batchId, gateway]) => {
      const lasts = gateway === this.#gateways.id ? this.added.has(batchId) : alive.has(gateway);
      return lasts ? [] : [batchId];
    });
    this.#suspects = new Map(suspects.map((batchId) => [batchId, (this.#suspects.get(batchId) ?? 0) + 1]));
    return suspects.filter((batchId) => (this.#suspects.get(batchId) ?? 0) >= MISSED_BEATS);
  }
}
