/** The gateways that share a Redis, each of which says every `heartbeatMs` that it is there. */
import { randomUUID } from 'node:crypto';
import type { ClusterNode, ClusterView } from '../cluster-view.ts';
import type { RedisConnection } from './connection.ts';
import type { RedisStoreOptions } from './options.ts';

/** A gateway that has missed so many heartbeats in a row counts as gone. */
export const MISSED_BEATS = 3;

/** Keys: gateways, this gateway. Arguments: its id, what it says of itself, for how many ms that counts, `gateway('')`. */
const BEAT = `
redis.call('SADD', KEYS[1], ARGV[1])
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
for _, id in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  if redis.call('EXISTS', ARGV[4] .. id) == 0 then redis.call('SREM', KEYS[1], id) end
end`;

type GatewaysOptions = Pick<Required<RedisStoreOptions>, 'heartbeatMs' | 'describe'>;

export class Gateways implements ClusterView {
  /** Names this gateway; made anew at each start. */
  readonly id = randomUUID();
  readonly #connection: RedisConnection;
  readonly #options: GatewaysOptions;

  constructor(connection: RedisConnection, options: GatewaysOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  /** Says that this gateway is there, and forgets those that have fallen silent. */
  async beat(): Promise<void> {
    const { keys } = this.#connection;
    const { heartbeatMs, describe } = this.#options;
    const node: ClusterNode = { id: this.id, ...describe(), seenAt: Date.now() };
    const args = [this.id, JSON.stringify(node), heartbeatMs * MISSED_BEATS, keys.gateway('')];
    await this.#connection.call((redis) => redis.eval(BEAT, 2, keys.gateways, keys.gateway(this.id), ...args));
  }

  /** This gateway ends: nobody has to wait until its heartbeat runs out. */
  async leave(): Promise<void> {
    const { gateways, gateway } = this.#connection.keys;
    await this.#connection.call((redis) => Promise.all([redis.srem(gateways, this.id), redis.del(gateway(this.id))]));
  }

  async nodes(): Promise<readonly ClusterNode[]> {
    return this.#connection.call(async (redis) => {
      const { gateways, gateway } = this.#connection.keys;
      const ids = (await redis.smembers(gateways)).sort();
      if (ids.length === 0) return [];
      const beats = await redis.mget(ids.map(gateway));
      return beats.filter((beat) => beat !== null).map((beat) => JSON.parse(beat) as ClusterNode);
    });
  }
}
