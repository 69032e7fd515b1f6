import { describe, expect, it } from 'vitest';
import { never, targetWait } from '../../../src/core/policies/scaling.ts';
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

  it('holds against a target in ms as well as against one service time', () => {
    const pool = warmPool(1, { scaling: targetWait(250) });
    submitMany(pool, 3);
    expect(startsOf(pool)).toHaveLength(1);
    pool.submit('r3');
    expect(startsOf(pool)).toHaveLength(2);
  });

  it('counts workers in start-up as capacity, so that a burst starts no more than it needs', () => {
    const pool = warmPool(1, { maxWorkers: 20 });
    submitMany(pool, 9);
    expect(workers(pool)).toHaveLength(5);
  });

  it('starts a worker for a model that has none, whatever the target', () => {
    const pool = new VirtualPool({ scaling: targetWait(1e9) });
    expect(brief(pool.submit('p'))).toEqual(['start 1', 'wakeAt 60000']);
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

describe('keep-alive', () => {
  it('stops an on-demand worker that had no work for so long, and no earlier', () => {
    const pool = new VirtualPool({ keepAliveMs: 1_000 });
    pool.submit('p');
    pool.runTo(1_399);
    expect(workers(pool)).toEqual(['1 a on-demand idle']);
    pool.runTo(1_400);
    expect(workers(pool)).toEqual(['1 a on-demand stopping']);
  });

  it('begins anew with each request', () => {
    const pool = new VirtualPool({ keepAliveMs: 1_000 });
    pool.submit('p');
    pool.runTo(1_300).submit('q');
    pool.runTo(2_399);
    expect(workers(pool)).toEqual(['1 a on-demand idle']);
  });

  it('never stops a reserved worker', () => {
    const pool = warmPool(1, { keepAliveMs: 0 });
    expect(workers(pool.runTo(1e6))).toEqual(['1 a reserved idle']);
  });
});
