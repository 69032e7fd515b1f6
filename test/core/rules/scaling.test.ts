import { describe, expect, it } from 'vitest';
import { never } from '../../../src/core/policies/never.ts';
import { targetWait } from '../../../src/core/policies/target-wait.ts';
import { brief, outcome, startsOf, warmPool, workers } from '../look.ts';
import { VirtualPool } from '../virtual-pool.ts';

function submitMany(pool: VirtualPool, count: number): void {
  for (let i = 0; i < count; i++) pool.submit(`r${i}`);
}

describe('target-wait', () => {
  it('starts no worker while the predicted wait is within the target', () => {
    const pool = warmPool(1);
    submitMany(pool, 2);
    expect(workers(pool)).toEqual(['1 a reserved busy']);
  });

  it('starts one when the predicted wait exceeds the target, and says so', () => {
    const pool = warmPool(1);
    submitMany(pool, 2);
    expect(pool.submit('r2')).toEqual([
      {
        type: 'start',
        worker: 2,
        kind: 'on-demand',
        model: 'a',
        reason: 'the predicted wait of 200.0 ms exceeded the target of 100.0 ms',
      },
    ]);
  });

  it('holds against a target in ms', () => {
    const pool = warmPool(1, { scaling: targetWait(250) });
    submitMany(pool, 3);
    expect(startsOf(pool)).toHaveLength(1);
    pool.submit('r3');
    expect(startsOf(pool)).toHaveLength(2);
  });

  it('without a target in ms, starts one for a wait that is long beside a service, and none for a short one', () => {
    const startsFor = (arrivalMs: number) => {
      const pool = warmPool(1, { scaling: targetWait(null) });
      pool.submit('p');
      pool.runTo(1_000 + arrivalMs).submit('q');
      return startsOf(pool).length - 1;
    };
    // A service takes 100 ms.
    expect(startsFor(90), 'it waits for 10 ms').toBe(0);
    expect(startsFor(10), 'it waits for 90 ms').toBe(1);
  });

  it('counts what the start itself would cost: it slows the busy workers down', () => {
    const reason = (startSlowdown: number, predictedWaitMs: number) => {
      const view = { now: 0, waiting: 1, workers: 1, idle: 0, starting: 0, predictedWaitMs, startSlowdown };
      return targetWait(100)
        .forModel()
        .startReason({ ...view, serviceMs: 50, coldStartMs: 300 });
    };
    expect([reason(0, 100), reason(0, 101)]).toEqual([null, expect.stringContaining('101.0 ms')]);
    // Half of what the start slows down for 180 ms, and then for all of its 300 ms.
    expect([reason(0.5, 180), reason(0.5, 202)]).toEqual([null, expect.any(String)]);
    expect([reason(1, 400), reason(1, 401)]).toEqual([null, expect.any(String)]);
    expect(reason(1, Number.POSITIVE_INFINITY)).toBe('the model had no worker');
  });

  it('learns that price from the work: what ran beside a start and took longer', () => {
    const slow = {
      start: () => ({ ms: 300 }),
      serve: ([id]: readonly string[]) => ({ ms: id === 'beside' ? 140 : 100 }),
    };
    const pool = warmPool(1, {}, slow);
    pool.submit('alone');
    pool.runTo(2_000).submit('beside');
    pool.submit('q', 'b');
    pool.runTo(3_000);
    expect(pool.snapshot().models.map(({ startSlowdown }) => startSlowdown)).toEqual([expect.closeTo(0.04, 9), 0]);
  });

  it('is not switched off by one slow dispatch beside a start', () => {
    const slow = {
      start: () => ({ ms: 10_000 }),
      serve: ([id]: readonly string[]) => ({ ms: id === 'beside' ? 5_000 : 100 }),
    };
    const assumed = { serviceMs: 100, coldStartMs: 10_000 };
    const pool = new VirtualPool({ assumed, taskTimeoutMs: 60_000 }, slow);
    pool.provision(1);
    pool.runTo(20_000).submit('alone');
    pool.runTo(21_000).submit('beside');
    pool.submit('q', 'b');
    pool.runTo(40_000);
    expect(pool.snapshot().models[0]?.startSlowdown).toBeGreaterThan(0);
    submitMany(pool, 3);
    expect(workers(pool).at(-1)).toContain('a on-demand starting');
  });

  it('counts workers in start-up as capacity, so that a burst starts no more than it needs', () => {
    const pool = warmPool(1, { maxWorkers: 20 });
    submitMany(pool, 9);
    expect(workers(pool)).toHaveLength(5);
  });

  it('starts a worker for a model that has none, whatever the target', () => {
    const pool = new VirtualPool({ scaling: targetWait(1e9) });
    expect(brief(pool.submit('p'))).toContain('start 1');
  });

  it('starts no more than maxWorkers, those stopping included', () => {
    const pool = warmPool(1, { maxWorkers: 2, taskTimeoutMs: 150 }, { serve: () => ({ ms: 1e9 }), stopMs: 500 });
    submitMany(pool, 10);
    pool.runTo(1_440);
    expect(workers(pool)).toEqual(['1 a reserved stopping', '2 a reserved busy']);
  });

  it('gives a free place to the model without any worker before another one gets its second', () => {
    const pool = new VirtualPool({ maxWorkers: 2 }, { start: () => ({ ms: 300 }), serve: () => ({ ms: 1e9 }) });
    pool.submit('a1', 'a');
    pool.provision(1, 'b');
    for (const id of ['a2', 'a3', 'a4']) pool.submit(id, 'a');
    pool.provision(0, 'b');
    pool.runTo(350).submit('c1', 'c');
    pool.kill(2);
    expect(workers(pool)).toEqual(['1 a on-demand busy', '3 c on-demand starting']);
  });
});

describe('never', () => {
  it('starts no on-demand worker, however long the queue', () => {
    const pool = warmPool(1, { scaling: never });
    submitMany(pool, 20);
    expect(workers(pool)).toEqual(['1 a reserved busy']);
  });

  it('refuses at once what only an on-demand worker could serve', () => {
    const pool = new VirtualPool({ scaling: never });
    pool.submit('p');
    expect(outcome(pool, 'p')).toEqual({ code: 'OVERLOADED', retryAfterMs: undefined, at: 0 });
  });
});
