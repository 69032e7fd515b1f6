import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, vi } from 'vitest';
import { RedisConnection } from '../../src/batches/redis/connection.ts';
import { ItemRecords } from '../../src/batches/redis/item-records.ts';
import { redisKeys } from '../../src/batches/redis/keys.ts';
import { BatchRecords } from '../../src/batches/redis/records.ts';
import type { ItemOutcome } from '../../src/batches/types.ts';
import { newItems } from '../conformance/new-items.ts';
import { RedisServer, redisPart } from '../support/redis-server.ts';
import { itNeeds } from '../support/require-part.ts';
import {
  allItems,
  begin,
  type Gateway,
  HEARTBEAT_MS,
  heldRuns,
  isCompleted,
  RedisBench,
  until,
  upload,
} from './redis-bench.ts';
import { StallWatch } from './stall-watch.ts';

const CAT: ItemOutcome = { ok: true, label: 'cat', confidence: 0.75, scores: [{ label: 'cat', confidence: 0.75 }] };
const DOG: ItemOutcome = { ok: true, label: 'dog', confidence: 0.5, scores: [{ label: 'dog', confidence: 0.5 }] };

describe('gateways that share batches in Redis', () => {
  let server: RedisServer;
  let redis: Redis;
  let bench: RedisBench;

  beforeAll(async () => {
    if (!redisPart.available) return;
    server = await RedisServer.start();
    redis = new Redis(server.url);
  });
  afterAll(async () => {
    redis?.disconnect();
    await server?.stop();
  });
  beforeEach(() => {
    bench = new RedisBench(server);
  });
  afterEach(() => bench.end());

  const connect = () =>
    new RedisConnection({ url: server.url, prefix: bench.prefix, answerTimeoutMs: 5_000, onAvailability: () => {} });

  const itShares = (title: string, test: () => Promise<void>) => itNeeds(redisPart, title, test);
  const keysLeft = async () =>
    (await redis.keys(`${bench.prefix}:*`)).filter((key) => /:batch|:items:.*-\d+(:|$)/.test(key));

  itShares('each item is run once, by any of them', async () => {
    const gateways = await Promise.all(Array.from({ length: 3 }, () => bench.gateway()));
    const ran: number[] = [];
    const busy = new Set<unknown>();
    let allBusy = () => {};
    const everyoneHasOne = new Promise<void>((resolve) => {
      allBusy = resolve;
    });
    for (const { store } of gateways) {
      store.process(async ({ index }) => {
        ran.push(index);
        if (busy.add(store).size === gateways.length) allBusy();
        await everyoneHasOne;
        return CAT;
      }, 2);
    }
    const { store } = gateways[0] as Gateway;
    const end = await until(store, await upload(store, 60), isCompleted);
    expect(end).toMatchObject({ total: 60, done: 60, seq: 61 });
    expect(ran.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, i) => i));
  });

  itShares('each tells of what happens on the others, and gives the same events', async () => {
    const [one, other] = [await bench.gateway(), await bench.gateway()];
    one.store.process(async () => CAT, 1);
    const id = await begin(other.store, 1);
    await until(other.store, id, ({ done }) => done === 1);
    const told = new Promise((resolve) => one.store.onChange(resolve));
    await other.store.seal(id);
    expect(await told).toBe(id);
    const events = await one.store.events(id, 0, 10);
    expect(events.map(({ seq, state }) => [seq, state])).toEqual([
      [1, 'accepting'],
      [2, 'completed'],
    ]);
    expect(await other.store.events(id, 0, 10)).toEqual(events);
  });

  itShares('a client batch id that comes to all of them at once opens one batch', async () => {
    const gateways = await Promise.all(Array.from({ length: 3 }, () => bench.gateway()));
    const clientBatchId = randomUUID();
    const answers = await Promise.all(
      gateways.map(({ store }) =>
        store.create({ id: randomUUID(), clientBatchId, model: 'cat-dog@1', topK: null, createdAt: 1 }),
      ),
    );
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(answers.map(({ batch }) => batch.id)).size).toBe(1);
  });

  itShares(
    'items of one that dies are run by another one, and what it records after that changes nothing',
    async () => {
      const [doomed, heir, reader] = [await bench.gateway(), await bench.gateway(), await bench.gateway()];
      const id = await upload(doomed.store, 2);
      const { run, running, begun } = heldRuns();
      doomed.store.process(run, 2);
      await begun(2);
      doomed.die();
      heir.store.process(async () => CAT, 2);
      const end = await until(reader.store, id, isCompleted);
      expect(end).toMatchObject({ done: 2, seq: 3 });
      await heir.store.close();
      const look = async () => [await allItems(reader.store, id), await reader.store.events(id, 0, 10)];
      const before = await look();
      expect((await allItems(reader.store, id)).map(({ outcome }) => outcome)).toEqual([CAT, CAT]);

      for (const { finish } of running) finish(DOG);
      doomed.link.mend();
      // It runs two more at once, so it is done with both of these.
      const next = await upload(reader.store, 2);
      await begun(4);
      expect(running.slice(2).map(({ work }) => work.batchId)).toEqual([next, next]);
      expect(await look()).toEqual(before);
      expect(await reader.store.find(id)).toEqual(end);
    },
  );

  itShares('a picture that ends its gateway each time fails, and none of those that ran beside it', async () => {
    const reader = await bench.gateway();
    const id = await upload(reader.store, 4);
    for (let life = 0; life < 5; life++) {
      const doomed = await bench.gateway({ retryDelayMs: 200 });
      await new Promise<void>((resolve) => {
        doomed.store.process(async ({ index }, signal) => {
          if (index === 1) resolve();
          // At first all of them run when it dies, and each may be the cause; later the others end, but not before what came
          // with them has begun.
          if (index === 1 || life < 2) await once(signal, 'abort');
          for (let trip = 0; trip < 20; trip++) await redis.ping();
          return CAT;
        }, 8);
      });
      doomed.die();
    }
    const heir = await bench.gateway();
    heir.store.process(async () => CAT, 8);
    expect(await until(reader.store, id, isCompleted)).toMatchObject({ done: 3, failed: 1 });
    expect((await allItems(reader.store, id))[1]).toMatchObject({ outcome: { ok: false, code: 'WORKER_FAILED' } });
  });

  itShares('an outcome is recorded once, whatever comes after it', async () => {
    const { store } = await bench.gateway();
    const id = await upload(store, 2);
    const connection = connect();
    const records = new ItemRecords(connection, 10, new AbortController().signal);
    expect(await records.begin(id, 0)).toMatchObject({ batchId: id, index: 0, model: 'cat-dog@1', topK: null });
    expect(await records.record(id, 0, CAT)).toBe(true);
    const look = async () => [await store.find(id), await allItems(store, id), await store.events(id, 0, 10)];
    const before = await look();
    expect(await records.record(id, 0, CAT)).toBe(false);
    expect(await records.record(id, 0, { ok: false, code: 'BAD_IMAGE', message: 'too late' })).toBe(false);
    expect(await records.giveBack(id, 0)).toBe(false);
    expect(await records.begin(id, 0)).toBeNull();
    expect(await look()).toEqual(before);
    expect(before[0]).toMatchObject({ done: 1, failed: 0, seq: 2 });
    await connection.close();
  });

  itShares('a batch that is removed while it is read is not there', async () => {
    const { store } = await bench.gateway();
    store.process(async () => CAT, 1);
    const connection = connect();
    await connection.attempted();
    const { keys } = connection;
    const page = { first: 10, after: null, status: null };
    for (const read of [
      (pages: BatchRecords, id: string) => pages.items(id, page),
      (pages: BatchRecords, id: string) => pages.events(id, 0, 10),
    ]) {
      const id = await upload(store, 2);
      await until(store, id, isCompleted);
      let requests = 0;
      const call: RedisConnection['call'] = async (request) => {
        if (++requests === 2) await store.discard(id);
        return connection.call(request);
      };
      await expect(read(new BatchRecords({ call, keys }), id)).rejects.toMatchObject({ code: 'BATCH_NOT_FOUND' });
      expect(requests).toBe(2);
    }
    await connection.close();
  });

  itShares('a client batch id whose batch is lost opens another one', async () => {
    const { store } = await bench.gateway();
    const clientBatchId = randomUUID();
    const lost = await begin(store, 1, clientBatchId);
    await redis.del(redisKeys(bench.prefix).of(lost).batch);
    const id = randomUUID();
    const newBatch = { id, clientBatchId, model: 'cat-dog@1', topK: null, createdAt: 1 };
    expect(await store.create(newBatch)).toMatchObject({ batch: { id, total: 0 }, created: true });
    expect(await store.find(clientBatchId)).toMatchObject({ id });
  });

  itShares('a stall interval need not be divisible by anything', async () => {
    const { store } = await bench.gateway({ stallIntervalMs: 1009 });
    store.process(async () => CAT, 1);
    expect(await until(store, await upload(store, 1), isCompleted)).toMatchObject({ done: 1 });
  });

  itShares('items of a dead one are run again within the stall interval, whenever it died', async () => {
    const stallIntervalMs = 2400;
    const benches = Array.from({ length: 20 }, () => new RedisBench(server));
    const watch = await StallWatch.open(server.url);
    const ready = benches.map(async (pair) => {
      const [doomed, survivor] = [heldRuns(), heldRuns()];
      const first = await pair.gateway({ stallIntervalMs });
      const second = await pair.gateway({ stallIntervalMs });
      first.store.process(doomed.run, 1);
      await upload(first.store, 1);
      await doomed.begun(1);
      second.store.process(survivor.run, 1);
      return { first, survivor };
    });
    /** The checks of all of them, some 40 in each fifth of the interval, are the clock by which they die one after the other. */
    const takeover = async (pair: RedisBench, at: number) => {
      const { first, survivor } = (await Promise.all(ready))[at] as Awaited<(typeof ready)[number]>;
      await watch.madeChecks(10 * at);
      first.die();
      await watch.died(pair.prefix);
      await survivor.begun(1);
      return watch.checksUntilTaken(pair.prefix);
    };
    try {
      const checks = await Promise.all(benches.map(takeover));
      expect([...watch.intervals]).toEqual([stallIntervalMs / 5]);
      // Five would be as long as the interval.
      expect(Math.max(...checks)).toBeLessThan(5);
      expect(Math.max(...checks)).toBeGreaterThan(0);
    } finally {
      watch.close();
      await Promise.all(benches.map((pair) => pair.end()));
    }
  });

  itShares('a batch that is cancelled when its gateway has just died ends', async () => {
    const [doomed, other] = [await bench.gateway(), await bench.gateway()];
    const id = await upload(doomed.store, 2);
    const { run, begun } = heldRuns();
    doomed.store.process(run, 1);
    await begun(1);
    doomed.die();
    const lock = `${bench.prefix}:items:${id}-0:lock`;
    await vi.waitFor(async () => expect(await redis.exists(lock)).toBe(0), { timeout: 10_000 });
    expect(await other.store.cancel(id)).toMatchObject({ state: 'cancelled', cancelled: 1, seq: 2 });
    other.store.process(async () => CAT, 1);
    const end = await until(other.store, id, ({ cancelled }) => cancelled === 2);
    expect(end).toMatchObject({ state: 'cancelled', done: 0, seq: 2 });
  });

  itShares('an upload goes with its gateway, but a batch that is complete stays', async () => {
    const [doomed, heir] = [await bench.gateway(), await bench.gateway()];
    const [going, staying, other] = [
      await begin(doomed.store, 2),
      await upload(doomed.store, 2),
      await begin(heir.store, 1),
    ];
    doomed.die();
    await vi.waitFor(async () => expect(await heir.store.find(going)).toBeNull(), { timeout: 10_000 });
    for (const id of [staying, other]) expect(await heir.store.find(id)).not.toBeNull();
    expect((await keysLeft()).filter((key) => key.includes(going))).toEqual([]);
  });

  itShares('an upload whose gateway went away for a moment goes on', async () => {
    const [one, other] = [await bench.gateway({ heartbeatMs: 1_000 }), await bench.gateway()];
    const id = await begin(one.store, 1);
    one.link.cut();
    one.link.mend();
    await vi.waitFor(() => one.store.add(id, newItems(['late.jpg'])), { timeout: 10_000 });
    expect(await one.store.seal(id)).toMatchObject({ state: 'running', total: 2 });
    expect(await other.store.find(id)).toMatchObject({ total: 2 });
  });

  itShares('each sees all that are there, until they die or leave', async () => {
    const describe = (address: string, workers: number) => ({ describe: () => ({ address, workers }) });
    const one = await bench.gateway(describe('10.0.0.1:4000', 3));
    const other = await bench.gateway(describe('10.0.0.2:4000', 5));
    const leaving = await bench.gateway(describe('10.0.0.3:4000', 1));
    const seen = async () => (await one.store.nodes()).map(({ address, workers }) => [address, workers]).toSorted();
    expect(await seen()).toEqual([
      ['10.0.0.1:4000', 3],
      ['10.0.0.2:4000', 5],
      ['10.0.0.3:4000', 1],
    ]);
    await leaving.store.close();
    expect(await seen()).toHaveLength(2);
    const [node] = await one.store.nodes();
    await vi.waitFor(
      async () => expect((await one.store.nodes())[0]?.seenAt).toBeGreaterThan((node?.seenAt ?? 0) + HEARTBEAT_MS),
      { timeout: 10_000 },
    );
    other.die();
    await vi.waitFor(async () => expect(await seen()).toEqual([['10.0.0.1:4000', 3]]), { timeout: 10_000 });
  });

  itShares('a picture that its gateways die of fails in the end', async () => {
    const { store } = await bench.gateway();
    const id = await upload(store, 2);
    await redis.hset(`${bench.prefix}:items:${id}-0`, 'stc', 5);
    const ran: number[] = [];
    store.process(async ({ index }) => {
      ran.push(index);
      return CAT;
    }, 1);
    await until(store, id, isCompleted);
    expect(ran).toEqual([1]);
    const [item] = await allItems(store, id);
    expect(item?.outcome).toMatchObject({
      ok: false,
      code: 'WORKER_FAILED',
      message: expect.stringContaining('5 times'),
    });
  });

  itShares(
    'nothing of a batch is left in the queue once it is cancelled, and nothing at all once it is removed',
    async () => {
      const { store } = await bench.gateway();
      const [cancelled, discarded] = [await upload(store, 20), await begin(store, 20)];
      expect(await keysLeft()).toContain(`${bench.prefix}:items:${cancelled}-19`);
      await store.cancel(cancelled);
      expect((await keysLeft()).filter((key) => key.includes(`:items:${cancelled}`))).toEqual([]);
      await store.discard(discarded);
      const { run, running, begun } = heldRuns();
      store.process(run, 4);
      const completed = await upload(store, 4);
      await begun(4);
      for (const { finish } of running) finish(CAT);
      await until(store, completed, isCompleted);
      expect((await store.prune(Number.MAX_SAFE_INTEGER, 0)).toSorted()).toEqual([cancelled, completed].toSorted());
      await vi.waitFor(async () => expect(await keysLeft()).toEqual([]));
      expect(await redis.llen(`${bench.prefix}:items:wait`)).toBe(0);
    },
  );
});
