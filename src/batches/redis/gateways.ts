/** The gateways that share a Redis, each of which says every `heartbeatMs` that it is there. */
import type { ClusterNode, ClusterView } from '../cluster-view.ts';
import type { RedisConnection } from './connection.ts';
import type { RedisKeys } from './keys.ts';
import { step } from './steps.ts';

/** So many in a row make a gateway silent. */
export const MISSED_BEATS = 3;

export interface GatewaysOptions {
  readonly connection: RedisConnection;
  readonly keys: RedisKeys;
  readonly heartbeatMs: number;
  /** This gateway. */
  readonly id: string;
  readonly describe: () => Pick<ClusterNode, 'address' | 'workers'>;
}

export class Gateways implements ClusterView {
  readonly #options: GatewaysOptions;

  constructor(options: GatewaysOptions) {
    this.#options = options;
  }

  /** Of this one. */
  get id(): string {
    return this.#options.id;
  }

  /** Says that this one is there, and forgets those that are not. */
  async beat(): Promise<void> {
    const { connection, keys, heartbeatMs, id, describe } = this.#options;
    const node: ClusterNode = { id, ...describe(), seenAt: Date.now() };
    const args = [id, JSON.stringify(node), heartbeatMs * MISSED_BEATS, keys.gateway('')];
    await connection.call((redis) => step(redis, 'gatewayBeat', [keys.gateways, keys.gateway(id)], args));
  }

  /** Not to be waited for. */
  async leave(): Promise<void> {
    const { connection, keys, id } = this.#options;
    await connection.call((redis) => Promise.all([redis.srem(keys.gateways, id), redis.del(keys.gateway(id))]));
  }

  async nodes(): Promise<readonly ClusterNode[]> {
    const { connection, keys } = this.#options;
    return connection.call(async (redis) => {
      const ids = (await redis.smembers(keys.gateways)).sort();
      if (ids.length === 0) return [];
      const beats = await redis.mget(ids.map((id) => keys.gateway(id)));
      return beats.filter((beat) => beat !== null).map((beat) => JSON.parse(beat) as ClusterNode);
    });
  }
}
