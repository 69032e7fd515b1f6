/** The promises of every batch store, kept by Redis. */
import { afterAll, beforeAll } from 'vitest';
import { batchStoreConformance } from '../conformance/batch-store.ts';
import { randomHistories } from '../conformance/random-history.ts';
import { RedisServer, redisPart } from '../support/redis-server.ts';
import { itNeeds } from '../support/require-part.ts';
import { RedisBench } from './redis-bench.ts';

if (redisPart.available) {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server.stop());

  const open = async () => {
    const bench = new RedisBench(server);
    let latest = await bench.gateway();
    return {
      store: latest.store,
      reopen: async () => {
        latest.die();
        latest = await bench.gateway();
        return latest.store;
      },
      end: () => bench.end(),
    };
  };

  batchStoreConformance('Redis', open);
  randomHistories('Redis', open, 10);
} else {
  itNeeds(redisPart, 'the Redis store keeps the promises of every batch store', () => {});
}
