import { describe, expect, it } from 'vitest';
import { brief, outcome, warmPool, workers } from './look.ts';
import { VirtualPool } from './virtual-pool.ts';

const forEver = { serve: () => ({ ms: 1e9 }) };

describe('a request whose worker dies', () => {
  it('is retried once, before those that came after it', () => {
    const pool = warmPool(1, { maxWorkers: 1 });
    pool.submit('p');
    pool.submit('q');
    pool.runTo(1_050).kill(1);
    pool.runToRest();
    expect([pool.job('p'), pool.job('q')].map(({ answeredBy, endedAt }) => [answeredBy, endedAt])).toEqual([
      [2, 1_450],
      [2, 1_550],
    ]);
    expect(pool.snapshot().counters.retried).toBe(1);
  });

  it('fails with WORKER_FAILED and the reason the second time', () => {
    const pool = warmPool(2, {}, forEver);
    pool.submit('p');
    pool.kill(1);
    pool.kill(2);
    expect(outcome(pool, 'p')).toEqual({ code: 'WORKER_FAILED', retryAfterMs: undefined, at: 1_000 });
    expect(pool.job('p').error?.message).toBe('2 workers died while they ran the request.');
    expect(pool.snapshot().counters).toMatchObject({ submitted: 1, retried: 1, failed: 1, rejected: 0 });
  });

  it('goes alone the second time, so that a poisonous one takes no other with it', () => {
    const serve = (batch: readonly string[]) => ({ ms: 10, dies: batch.includes('poison') });
    const pool = warmPool(1, { maxBatch: 8, maxWorkers: 1 }, { serve });
    const batch = ['p', 'q', 'r', 's', 't', 'u', 'v', 'poison'];
    for (const id of ['first', ...batch, 'next']) pool.submit(id);
    pool.runToRest();
    expect([...pool.jobs.values()].filter(({ error }) => error).map(({ id }) => id)).toEqual(['poison']);
    expect(outcome(pool, 'poison')).toMatchObject({ code: 'WORKER_FAILED' });
    expect(pool.snapshot().counters).toMatchObject({ finished: 9, failed: 1, retried: 8, workersDied: 2 });
  });

  it('is not retried after it was cancelled', () => {
    const pool = warmPool(2, {}, forEver);
    pool.submit('p');
    pool.cancel('p');
    expect(brief(pool.kill(1))).toEqual(['start 3']);
  });
});

describe('a cancel', () => {
  it('takes a waiting request out of the queue', () => {
    const pool = warmPool(1);
    for (const id of ['p', 'q', 'r']) pool.submit(id);
    pool.runTo(1_050).cancel('q');
    pool.runToRest();
    expect(outcome(pool, 'q')).toEqual({ code: 'CANCELLED', retryAfterMs: undefined, at: 1_050 });
    expect(outcome(pool, 'r')).toEqual({ worker: 1, at: 1_200 });
  });

  it('answers a running request at once and leaves its worker to finish', () => {
    const pool = warmPool(1);
    pool.submit('p');
    expect(brief(pool.cancel('p'))).toEqual(['reject p']);
    expect(workers(pool)).toEqual(['1 a reserved busy']);
    expect(workers(pool.runTo(1_100))).toEqual(['1 a reserved idle']);
  });

  it('leaves the rest of the batch alone', () => {
    const pool = warmPool(1, { maxWorkers: 1, maxBatch: 2 });
    for (const id of ['p', 'q', 'r']) pool.submit(id);
    pool.runTo(1_150).cancel('q');
    pool.runToRest();
    expect(outcome(pool, 'r')).toEqual({ worker: 1, at: 1_200 });
  });

  it('that comes too late is no error', () => {
    const pool = warmPool(1);
    pool.submit('p');
    pool.runTo(1_100);
    expect(pool.cancel('p')).toEqual([]);
    expect(pool.cancel('unheard-of')).toEqual([]);
  });
});

describe('inputs about workers that the scheduler has given up', () => {
  it('change nothing', () => {
    const pool = warmPool(1, { taskTimeoutMs: 50 });
    pool.submit('p');
    pool.runTo(1_055);
    expect(workers(pool)).toEqual(['1 a reserved stopping', '2 a reserved starting']);
    expect(pool.scheduler.finished(1_056, 1)).toEqual([]);
    expect(pool.scheduler.workerReady(1_056, 1)).toEqual([]);
    expect(pool.scheduler.workerGone(1_056, 99)).toEqual([]);
  });
});

describe('the snapshot', () => {
  it('shows the workers, the models and what was counted', () => {
    const pool = new VirtualPool();
    pool.provision(1);
    pool.submit('p');
    pool.submit('q', 'b');
    pool.runTo(400);
    expect(pool.snapshot()).toEqual({
      workers: [
        { id: 1, kind: 'reserved', model: 'a', state: 'idle', served: 1 },
        { id: 2, kind: 'on-demand', model: 'b', state: 'idle', served: 1 },
      ],
      models: [
        { model: 'a', reserved: 1, queued: 0, serviceMs: 100, coldStartMs: 300, startSlowdown: 0 },
        { model: 'b', reserved: 0, queued: 0, serviceMs: 100, coldStartMs: 300, startSlowdown: 0 },
      ],
      counters: expect.objectContaining({ submitted: 2, dispatched: 2, finished: 2, coldServed: 2, workersStarted: 2 }),
      workerTime: {
        reserved: { starting: 300, idle: 0, busy: 100 },
        'on-demand': { starting: 300, idle: 0, busy: 100 },
      },
      saturatedMs: 300,
      waitError: { p50Ms: 0, p95Ms: 0 },
    });
  });

  it('is a copy: what happens later does not change it', () => {
    const pool = warmPool(1);
    const before = pool.snapshot();
    const copy = structuredClone(before);
    for (const id of ['p', 'q', 'r']) pool.submit(id);
    pool.runTo(3_000);
    expect(before).toEqual(copy);
    expect(pool.snapshot()).not.toEqual(copy);
  });
});
