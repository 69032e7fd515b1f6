import { EventEmitter, once } from 'node:events';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, vi } from 'vitest';
import type { ItemOutcome } from '../../src/batches/types.ts';
import { newItems } from '../conformance/new-items.ts';
import { RedisServer, redisPart } from '../support/redis-server.ts';
import { itNeeds } from '../support/require-part.ts';
import { allItems, begin, heldRuns, isCompleted, RedisBench, until, upload } from './redis-bench.ts';

const CAT: ItemOutcome = { ok: true, label: 'cat', confidence: 0.75, scores: [{ label: 'cat', confidence: 0.75 }] };
const AWAY = { name: 'GatewayError', code: 'OVERLOADED', message: expect.stringContaining('cannot be reached') };

describe('a Redis that goes away', () => {
  let server: RedisServer;
  let bench: RedisBench;

  beforeEach(async () => {
    if (!redisPart.available) return;
    server = await RedisServer.start({ durable: true });
    bench = new RedisBench(server);
  });

  afterEach(async () => {
    await bench?.end();
    await server?.stop();
  });

  const itOutlives = (title: string, test: () => Promise<void>) => itNeeds(redisPart, title, test);
  const isBack = (trouble: () => string | null) =>
    vi.waitFor(() => expect(trouble()).toBeNull(), { timeout: 10_000, interval: 20 });

  itOutlives('in the middle of a batch: each item ends exactly once, and the events go on without a gap', async () => {
    const [one, other] = [await bench.gateway(), await bench.gateway()];
    const { store } = one;
    let started = 0;
    /** From the so-many-th run on they wait for the end of the next outage. */
    let limit = 10;
    const ends = new EventEmitter<{ outage: [] }>();
    for (const gateway of [one, other]) {
      gateway.store.process(async () => {
        if (++started >= limit) await once(ends, 'outage');
        return CAT;
      }, 2);
    }
    const id = await upload(store, 40);
    for (const next of [25, Number.POSITIVE_INFINITY]) {
      await vi.waitFor(() => expect(started).toBeGreaterThanOrEqual(limit), { timeout: 10_000 });
      await server.kill();
      limit = next;
      ends.emit('outage');
      await server.resume();
      await isBack(() => store.trouble());
    }
    const end = await until(store, id, isCompleted);
    expect(end).toMatchObject({ total: 40, done: 40, failed: 0, seq: 41 });
    const events = await store.events(id, 0, 100);
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 41 }, (_, i) => i + 1));
    const ended = events.flatMap(({ item }) => (item === null ? [] : [item.index]));
    expect(ended.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i));
  });

  itOutlives('is told once as it goes, with the reason, and once as it returns', async () => {
    const told: (string | null)[] = [];
    const { store } = await bench.gateway({ onAvailability: (trouble) => told.push(trouble) });
    expect(told).toEqual([]);
    for (let outages = 0; outages < 2; outages++) {
      await server.kill();
      await vi.waitFor(() => expect(store.trouble()).not.toBeNull());
      await server.resume();
      await isBack(() => store.trouble());
    }
    const away = expect.stringMatching(/^Redis at 127\.0\.0\.1:\d+ cannot be reached/);
    await vi.waitFor(() => expect(told).toEqual([away, null, away, null]));
    await store.close();
    expect(told).toHaveLength(4);
  });

  itOutlives('fails what is asked of the store at once, with OVERLOADED and a time to come back', async () => {
    const { store } = await bench.gateway();
    const id = await begin(store, 1);
    const pending = Promise.allSettled([
      store.find(id),
      store.add(id, newItems(['a.jpg'])),
      store.list({ first: 1, after: null }),
    ]);
    await server.kill();
    for (const answer of await pending) {
      if (answer.status === 'rejected') expect(answer.reason).toMatchObject(AWAY);
    }
    await vi.waitFor(() => expect(store.trouble()).toMatch(/Redis at 127\.0\.0\.1:\d+ cannot be reached/));
    const started = performance.now();
    const page = { first: 1, after: null };
    const answers = await Promise.allSettled([
      store.create({ id: 'x', clientBatchId: null, model: 'cat-dog@1', topK: null, createdAt: 1 }),
      store.add(id, newItems(['a.jpg'])),
      store.seal(id),
      store.discard(id),
      store.cancel(id),
      store.find(id),
      store.list(page),
      store.items(id, { ...page, status: null }),
      store.events(id, 0, 1),
      store.prune(0, 0),
      store.nodes(),
    ]);
    expect(performance.now() - started).toBeLessThan(1_000);
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 'rejected', reason: { ...AWAY, retryAfterMs: expect.any(Number) } });
    }
    await server.resume();
    await isBack(() => store.trouble());
    // It was to be discarded.
    await vi.waitFor(async () => expect(await store.find(id)).toBeNull(), { timeout: 10_000 });
  });

  itOutlives('without a word is noticed', async () => {
    const { store } = await bench.gateway({ answerTimeoutMs: 300 });
    const id = await begin(store, 1);
    server.freeze();
    await expect(store.find(id)).rejects.toMatchObject(AWAY);
    expect(store.trouble()).toMatch(/cannot be reached/);
    server.thaw();
    await isBack(() => store.trouble());
    expect(await store.find(id)).toMatchObject({ total: 1 });
  });

  itOutlives('and was not there at the start is waited for', async () => {
    await server.kill();
    const { store } = await bench.gateway();
    expect(store.trouble()).toMatch(/cannot be reached/);
    store.process(async () => CAT, 1);
    await server.resume();
    await isBack(() => store.trouble());
    await until(store, await upload(store, 3), isCompleted);
  });

  itOutlives('tells the listeners that they may have missed something, and then the news again', async () => {
    const [one, other] = [await bench.gateway(), await bench.gateway()];
    const told: (string | null)[] = [];
    one.store.onChange((id) => told.push(id));
    one.link.cut();
    const missed = await upload(other.store, 1);
    one.link.mend();
    await vi.waitFor(() => expect(told).toEqual([null]), { timeout: 10_000 });
    expect(await one.store.find(missed)).toMatchObject({ total: 1 });
    await other.store.cancel(missed);
    await vi.waitFor(() => expect(told).toEqual([null, missed]));
  });

  itOutlives('does not hold up a gateway that closes, whose items the others run', async () => {
    const [closing, heir] = [await bench.gateway(), await bench.gateway()];
    const { run, begun } = heldRuns();
    closing.store.process(run, 2);
    const id = await upload(closing.store, 4);
    await begun(2);
    await server.kill();
    const started = performance.now();
    await closing.store.close();
    expect(performance.now() - started).toBeLessThan(4_000);
    await server.resume();
    heir.store.process(async () => CAT, 2);
    expect(await until(heir.store, id, isCompleted)).toMatchObject({ done: 4, seq: 5 });
  });

  itOutlives('and has lost the job of an item since gets it again', async () => {
    const { store } = await bench.gateway();
    const id = await upload(store, 3);
    const redis = new Redis(server.url);
    await redis.del(`${bench.prefix}:items:${id}-1`);
    await redis.lrem(`${bench.prefix}:items:wait`, 0, `${id}-1`);
    redis.disconnect();
    await server.kill();
    await server.resume();
    store.process(async () => CAT, 1);
    expect(await until(store, id, isCompleted)).toMatchObject({ done: 3 });
  });

  itOutlives('and has lost items of an upload does not complete it', async () => {
    const { store } = await bench.gateway();
    const id = await begin(store, 3);
    const redis = new Redis(server.url);
    await redis.hset(`${bench.prefix}:batch:${id}`, 'total', 2);
    redis.disconnect();
    await expect(store.seal(id)).rejects.toMatchObject({
      code: 'OVERLOADED',
      message: `Redis has 2 items of batch ${id}, but 3 were added: it has lost some.`,
    });
    expect(await store.find(id)).toMatchObject({ state: 'accepting' });
  });

  itOutlives('and comes back elsewhere, at the same address, is found there', async () => {
    const { store, link } = await bench.gateway();
    store.process(async () => CAT, 1);
    const next = await RedisServer.start();
    try {
      const [old, promoted] = [new Redis(server.url), new Redis(next.url)];
      await old.replicaof('127.0.0.1', next.port);
      link.redirect(next.port);
      await vi.waitFor(() => expect(store.trouble()).toMatch(/READONLY/), { timeout: 10_000 });
      await isBack(() => store.trouble());
      await until(store, await upload(store, 3), isCompleted);
      expect(await promoted.exists(`${bench.prefix}:batches`)).toBe(1);
      old.disconnect();
      promoted.disconnect();
    } finally {
      await bench.end();
      await next.stop();
    }
  });

  itOutlives(
    'that takes nothing any more is trouble, and is not asked all the time; no item is run twice',
    async () => {
      const { store } = await bench.gateway({ retryDelayMs: 100 });
      const id = await upload(store, 20);
      const redis = new Redis(server.url);
      const { run, running, begun } = heldRuns();
      const warnings: string[] = [];
      const onWarning = ({ message }: Error) => warnings.push(message);
      process.on('warning', onWarning);
      store.process(run, 12);
      await begun(12);
      await redis.config('SET', 'maxmemory', '1');
      for (const { finish } of running) finish(CAT);
      await vi.waitFor(() => expect(store.trouble()).toMatch(/refuses: OOM/), { timeout: 10_000 });
      await expect(store.add(id, newItems(['more.jpg']))).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
      const asked = await callsPerOffer(redis, 5);
      expect(asked).toBeLessThan(30);
      expect(await store.find(id)).toMatchObject({ done: 0 });
      await redis.config('SET', 'maxmemory', '0');
      redis.disconnect();
      let finished = 0;
      const end = until(store, id, isCompleted);
      while (finished < 20) {
        await begun(finished + 1);
        running[finished++]?.finish(CAT);
      }
      expect(await end).toMatchObject({ done: 20, seq: 21 });
      expect(running).toHaveLength(20);
      await isBack(() => store.trouble());
      process.off('warning', onWarning);
      expect(warnings).toEqual([]);
      expect((await allItems(store, id)).every(({ status }) => status === 'done')).toBe(true);
    },
  );
});

/** How often Redis is asked to run a script while it is offered the outcome of item 0 so many times, divided by that. */
async function callsPerOffer(redis: Redis, offers: number): Promise<number> {
  const monitor = await redis.monitor();
  const counts = { calls: 0, offers: 0 };
  await new Promise<void>((resolve) => {
    monitor.on('monitor', (_time: string, args: string[], source: string) => {
      if (source === 'lua' || args[0] !== 'evalsha') return;
      counts.calls++;
      if (args.at(-3) === '0' && args.at(-2) === 'done' && ++counts.offers > offers) resolve();
    });
  });
  monitor.disconnect();
  return counts.calls / offers;
}
