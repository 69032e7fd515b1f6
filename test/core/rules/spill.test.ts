import { describe, expect, it } from 'vitest';
import { spill } from '../../../src/core/policies/spill.ts';
import { bindings, brief, outcome, startsOf, warmPool, workers } from '../look.ts';
import { VirtualPool } from '../virtual-pool.ts';

describe('spill', () => {
  it('starts a worker for each request that finds no idle one, and binds it', () => {
    const pool = warmPool(1, { scaling: spill });
    for (const id of ['p', 'q', 'r']) pool.submit(id);
    expect(workers(pool)).toEqual(['1 a reserved busy', '2 a on-demand starting', '3 a on-demand starting']);
    pool.runToRest();
    // The reserved worker is idle from 1100 on, and they wait for theirs all the same.
    expect([outcome(pool, 'q'), outcome(pool, 'r')]).toEqual([
      { worker: 2, at: 1_400 },
      { worker: 3, at: 1_400 },
    ]);
    expect(bindings(pool)[1]).toEqual({
      job: 'q',
      queueMs: 300,
      predictedWaitMs: 300,
      coldStart: true,
      spilled: true,
      retried: false,
      startReason: 'a request found no idle worker',
    });
    // Useless: without them, the reserved worker would have served both requests sooner.
    expect(pool.snapshot().counters).toMatchObject({ spilled: 2, coldServed: 2, uselessSpawns: 2 });
  });

  it('is of use to a request that no other worker could have served by then', () => {
    const pool = warmPool(1, { scaling: spill }, { serve: () => ({ ms: 500 }) });
    for (const id of ['p', 'q']) pool.submit(id);
    pool.runToRest();
    expect(pool.snapshot().counters).toMatchObject({ spilled: 1, uselessSpawns: 0 });
  });

  it('takes an idle worker first', () => {
    const pool = warmPool(1, { scaling: spill });
    pool.submit('p');
    pool.runTo(1_200).submit('q');
    expect(startsOf(pool)).toHaveLength(1);
    expect(pool.job('q').bindings[0]).toMatchObject({ spilled: false, coldStart: false });
  });

  it('lets requests wait for the next free worker when the pool is full', () => {
    const pool = warmPool(1, { scaling: spill, maxWorkers: 2 });
    for (const id of ['p', 'q', 'r']) pool.submit(id);
    pool.runToRest();
    expect(outcome(pool, 'r')).toEqual({ worker: 1, at: 1_200 });
    expect(pool.job('r').bindings[0]).toMatchObject({ spilled: false, coldStart: false });
  });

  it('counts those that are bound as queued, and against the queue limit', () => {
    const pool = warmPool(1, { scaling: spill, queueLimit: 1 });
    for (const id of ['p', 'q', 'r']) pool.submit(id);
    expect(pool.snapshot().models[0]?.queued).toBe(1);
    expect(outcome(pool, 'r')).toMatchObject({ code: 'OVERLOADED' });
  });

  it('puts a request back whose worker dies while it starts: that is no retry', () => {
    const starts = [{ ms: 50, dies: true }];
    const pool = new VirtualPool({ scaling: spill }, { start: () => starts.shift() ?? { ms: 300 } });
    pool.submit('p');
    pool.runToRest();
    expect(outcome(pool, 'p')).toEqual({ worker: 2, at: 550 });
    expect(pool.job('p').bindings).toMatchObject([{ retried: false, spilled: true }]);
    expect(pool.snapshot().counters).toMatchObject({ retried: 0, spilled: 1, workersStarted: 2 });
  });

  it('puts a request back whose worker starts for too long', () => {
    const starts = [{ ms: Number.POSITIVE_INFINITY }];
    const pool = new VirtualPool(
      { scaling: spill, startTimeoutMs: 500 },
      { start: () => starts.shift() ?? { ms: 300 } },
    );
    pool.submit('p');
    pool.runToRest();
    expect(outcome(pool, 'p')).toMatchObject({ worker: 2 });
    expect(pool.job('p').bindings).toHaveLength(1);
  });

  it('lets the worker of a cancelled request start for whoever comes', () => {
    const pool = new VirtualPool({ scaling: spill });
    pool.submit('p');
    pool.cancel('p');
    expect(outcome(pool, 'p')).toMatchObject({ code: 'CANCELLED' });
    expect(workers(pool.runTo(300))).toEqual(['1 a on-demand idle']);
    pool.submit('q');
    expect(outcome(pool.runTo(400), 'q')).toEqual({ worker: 1, at: 400 });
  });

  it('expires a bound request at its deadline', () => {
    const pool = new VirtualPool({ scaling: spill });
    pool.submit('p', 'a', 200);
    pool.runToRest();
    expect(outcome(pool, 'p')).toMatchObject({ code: 'DEADLINE_EXCEEDED', at: 200 });
    expect(pool.job('p').error?.message).toContain('the request was waiting');
  });

  it('gives a worker to a model without any, if another has an idle one to spare', () => {
    const pool = new VirtualPool({ scaling: spill, maxWorkers: 1 });
    pool.submit('p', 'b');
    pool.runTo(500);
    expect(brief(pool.submit('q', 'a'))).toContain('stop 1');
    expect(outcome(pool.runToRest(), 'q')).toMatchObject({ worker: 2 });
  });
});
