import { describe, expect, it } from 'vitest';
import { bindings, outcome, warmPool } from '../look.ts';
import { VirtualPool } from '../virtual-pool.ts';

describe('admission', () => {
  it('refuses a deadline that cannot be met and says how much later it could be', () => {
    const pool = warmPool(1);
    pool.submit('p');
    pool.submit('q', 'a', 199);
    expect(outcome(pool, 'q')).toEqual({ code: 'DEADLINE_EXCEEDED', retryAfterMs: 1, at: 1_000 });
    expect(pool.job('q').error?.message).toBe(
      'The deadline of 199 ms cannot be met: expected wait 100 ms + service 100 ms.',
    );
  });

  it.each([
    [200, false],
    [201, true],
  ])('at its deadline an answer is late: one of %d ms can be met: %s', (deadlineMs, met) => {
    const pool = warmPool(1);
    pool.submit('p');
    pool.submit('q', 'a', deadlineMs);
    const refused = expect.objectContaining({ code: 'DEADLINE_EXCEEDED', at: 1_000 });
    expect(outcome(pool.runToRest(), 'q')).toEqual(met ? { worker: 1, at: 1_200 } : refused);
  });

  it('tells no time to come back at to a request that not even an idle pool could answer', () => {
    const pool = warmPool(1);
    pool.submit('p');
    pool.submit('q', 'a', 90);
    expect(outcome(pool, 'q')).toEqual({ code: 'DEADLINE_EXCEEDED', retryAfterMs: undefined, at: 1_000 });
    expect(pool.snapshot().counters).toMatchObject({ rejected: 1, expired: 0 });
  });

  it('never refuses a request that finds an idle worker, so that the estimates stay honest', () => {
    const pool = warmPool(1, { queueLimit: 0 });
    pool.submit('p', 'a', 1);
    expect(pool.job('p').state).toBe('running');
  });

  it.each([
    [399, false],
    [401, true],
  ])('expects workers in start-up to be warm after the cold start that was measured: %d ms: %s', (deadlineMs, met) => {
    const pool = new VirtualPool();
    pool.submit('first', 'a', 410);
    pool.runTo(100).submit('p', 'a', deadlineMs);
    const refused = expect.objectContaining({ code: 'DEADLINE_EXCEEDED', at: 100 });
    expect(outcome(pool.runToRest(), 'p')).toEqual(met ? { worker: 1, at: 500 } : refused);
  });

  it.each([
    [499, false],
    [501, true],
  ])('expects an overdue worker to take as long again: %d ms: %s', (deadlineMs, met) => {
    const pool = warmPool(1, { maxWorkers: 1 }, { serve: () => ({ ms: 1e9 }) });
    pool.submit('p');
    pool.runTo(1_400).submit('q', 'a', deadlineMs);
    const refused = expect.objectContaining({ code: 'DEADLINE_EXCEEDED', at: 1_400 });
    expect(outcome(pool, 'q')).toEqual(met ? 'open' : refused);
  });

  it('judges a request by its place in the order of deadlines, not by the length of the queue', () => {
    const pool = warmPool(1, { maxWorkers: 1 });
    pool.submit('first');
    for (const id of ['p', 'q', 'r', 's']) pool.submit(id);
    pool.submit('urgent', 'a', 250);
    expect(outcome(pool.runToRest(), 'urgent')).toEqual({ worker: 1, at: 1_200 });
  });

  it('refuses a request that would make one miss its deadline which was let in before', () => {
    const pool = warmPool(1, { maxWorkers: 1 });
    pool.submit('first');
    pool.submit('p', 'a', 250);
    pool.submit('q', 'a', 220);
    expect(outcome(pool, 'q')).toMatchObject({ code: 'DEADLINE_EXCEEDED', at: 1_000 });
    expect(pool.job('q').error?.message).toBe(
      'The deadline of 220 ms cannot be met without breaking that of an earlier request.',
    );
    expect(outcome(pool.runToRest(), 'p')).toEqual({ worker: 1, at: 1_200 });
  });

  it('lets a request go before others that still meet their deadlines behind it', () => {
    const pool = warmPool(1, { maxWorkers: 1 });
    pool.submit('first');
    pool.submit('p', 'a', 350);
    pool.submit('q', 'a', 220);
    pool.runToRest();
    expect([outcome(pool, 'q'), outcome(pool, 'p')]).toEqual([
      { worker: 1, at: 1_200 },
      { worker: 1, at: 1_300 },
    ]);
  });

  it('leaves a margin where service times differ', () => {
    const times = [60, 140, 60, 140, 60, 140, 60, 140, 60, 140, 60, 140];
    const pool = warmPool(1, { maxWorkers: 1 }, { serve: () => ({ ms: times.shift() ?? 100 }) });
    for (let i = 0; i < 12; i++) pool.submit(`r${i}`);
    pool.runTo(4_000).submit('first');
    const { serviceMs = 0 } = pool.snapshot().models[0] ?? {};
    pool.submit('tight', 'a', 2 * serviceMs + 20);
    pool.submit('wide', 'a', 3 * serviceMs + 250);
    expect(outcome(pool, 'tight')).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(outcome(pool, 'wide')).toBe('open');
  });

  it('counts the requests ahead in the predicted wait even while there is no worker yet', () => {
    const pool = new VirtualPool({ maxWorkers: 1 });
    pool.submit('other', 'b');
    for (const id of ['p', 'q', 'r']) pool.submit(id);
    pool.runToRest();
    expect(bindings(pool).map(({ predictedWaitMs }) => predictedWaitMs)).toEqual([300, 300, 400, 500]);
  });

  it('counts each priority against the queue limit by itself', () => {
    const pool = warmPool(1, { queueLimit: 1, maxWorkers: 1 });
    pool.submit('p');
    pool.submit('i1');
    pool.submit('b1', 'a', Number.POSITIVE_INFINITY, 'bulk');
    pool.submit('b2', 'a', Number.POSITIVE_INFINITY, 'bulk');
    pool.submit('i2');
    expect(['i1', 'b1'].map((id) => outcome(pool, id))).toEqual(['open', 'open']);
    for (const id of ['i2', 'b2']) expect(outcome(pool, id)).toMatchObject({ code: 'OVERLOADED' });
  });

  it('refuses a request when the queue is full, all models together, and says when to come back', () => {
    const pool = warmPool(1, { queueLimit: 2, maxWorkers: 1 });
    pool.submit('p');
    pool.submit('q');
    pool.submit('r');
    pool.submit('s');
    expect(outcome(pool, 's')).toEqual({ code: 'OVERLOADED', retryAfterMs: 100, at: 1_000 });
    expect(pool.job('s').error?.message).toBe('The queue is full: 2 of 2 requests wait.');
  });

  it('expects room when the next request starts, and who comes back then is let in', () => {
    const pool = warmPool(1, { queueLimit: 1, maxWorkers: 1 });
    pool.submit('p');
    pool.submit('q');
    pool.runTo(1_070).submit('early');
    expect(outcome(pool, 'early')).toMatchObject({ code: 'OVERLOADED', retryAfterMs: 30 });
    pool.runTo(1_100).submit('later');
    expect(outcome(pool, 'later')).toBe('open');
  });

  it('has room again when a request leaves the queue', () => {
    const pool = warmPool(1, { queueLimit: 1, maxWorkers: 1 });
    pool.submit('p');
    pool.submit('q');
    pool.runTo(1_100).submit('r');
    expect(outcome(pool, 'r')).toBe('open');
  });

  it('lets a retry in though the queue is full', () => {
    const pool = warmPool(1, { queueLimit: 1, maxWorkers: 1 });
    pool.submit('p');
    pool.submit('q');
    pool.kill(1);
    expect(pool.runToRest().job('q').answeredBy).toBe(2);
    expect(pool.job('p').answeredBy).toBe(2);
  });
});

describe('admission to a model without any worker', () => {
  it('refuses nothing for its deadline: who comes too early expires, and the worker that it started stays', () => {
    const pool = new VirtualPool();
    pool.submit('p', 'a', 250);
    expect(outcome(pool.runTo(300), 'p')).toEqual({ code: 'DEADLINE_EXCEEDED', retryAfterMs: undefined, at: 250 });
    pool.submit('q', 'a', 110);
    expect(outcome(pool.runTo(400), 'q')).toEqual({ worker: 1, at: 400 });
  });

  it('judges those that come behind against the worker that starts', () => {
    const pool = new VirtualPool();
    pool.submit('p', 'a', 399);
    pool.submit('q', 'a', 399);
    expect(outcome(pool, 'p')).toBe('open');
    expect(outcome(pool, 'q')).toEqual({ code: 'DEADLINE_EXCEEDED', retryAfterMs: 101, at: 0 });
  });

  it('lets the first one in though the queue is full, or the model would never get a worker, and no other', () => {
    const pool = new VirtualPool({ queueLimit: 0 });
    pool.submit('p');
    pool.submit('q');
    expect(outcome(pool, 'q')).toMatchObject({ code: 'OVERLOADED' });
    expect(outcome(pool.runToRest(), 'p')).toEqual({ worker: 1, at: 400 });
  });

  it('lets the estimate heal after one very slow cold start', () => {
    const starts = [{ ms: 20_000 }];
    const pool = new VirtualPool({}, { start: () => starts.shift() ?? { ms: 300 } });
    pool.submit('slow');
    // Each of these finds no worker: the one before has left through its keep-alive.
    const early = Array.from({ length: 20 }, (_, i) => ({ id: `early ${i}`, at: 30_000 + i * 10_000 }));
    for (const { id, at } of early) pool.runTo(at).submit(id, 'a', 1_000);
    pool.runTo(300_000);
    expect(early.map(({ id }) => outcome(pool, id))).toEqual(
      early.map(({ at }, i) => ({ worker: i + 2, at: at + 400 })),
    );
    expect(pool.snapshot().models[0]?.coldStartMs).toBeLessThan(600);
    pool.submit('p', 'a', 1_000);
    pool.submit('q', 'a', 1_000);
    expect(outcome(pool.runToRest(), 'q')).toEqual({ worker: 22, at: 300_500 });
  });
});
