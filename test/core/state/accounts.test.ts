import { describe, expect, it } from 'vitest';
import { spill } from '../../../src/core/policies/spill.ts';
import { warmPool } from '../look.ts';
import { VirtualPool } from '../virtual-pool.ts';

const NONE = { starting: 0, idle: 0, busy: 0 };

describe('the time of the workers', () => {
  it('is counted by kind and by what they did', () => {
    const pool = new VirtualPool();
    pool.provision(1);
    pool.runTo(1_000).submit('p');
    pool.runTo(1_500);
    expect(pool.snapshot().workerTime).toEqual({
      reserved: { starting: 300, idle: 1_100, busy: 100 },
      'on-demand': NONE,
    });
  });

  it('adds up to the number of workers times the time, up to now, in the middle of whatever they do', () => {
    const pool = warmPool(2, { maxWorkers: 6 });
    for (let i = 0; i < 30; i++) pool.at(1_000 + 37 * i, () => void pool.submit(`r${i}`));
    for (const at of [1_234.5, 1_500, 2_222, 4_000, 9_000]) {
      pool.runTo(at);
      const { reserved, 'on-demand': onDemand } = pool.snapshot().workerTime;
      const sum = [reserved, onDemand].flatMap((time) => Object.values(time)).reduce((a, b) => a + b, 0);
      const held = pool.log.reduce((ms, entry, i) => {
        const until = pool.log[i + 1]?.at ?? pool.now;
        return ms + entry.after.workers.length * (until - entry.at);
      }, 0);
      expect(sum).toBeCloseTo(held, 6);
    }
  });

  it('goes to the new kind from the moment that it changes, whatever the worker does', () => {
    const pool = new VirtualPool();
    pool.submit('p');
    pool.runTo(350).provision(1);
    pool.runTo(1_000);
    expect(pool.snapshot().workerTime).toEqual({
      reserved: { starting: 0, idle: 600, busy: 50 },
      'on-demand': { starting: 300, idle: 0, busy: 50 },
    });
  });

  it('of a worker that is told to stop is idle time until it is gone', () => {
    const pool = new VirtualPool({}, { stopMs: 250 });
    pool.submit('p');
    pool.runTo(5_000);
    expect(pool.snapshot().workerTime['on-demand']).toEqual({ starting: 300, idle: 1_250, busy: 100 });
  });
});

describe('saturation', () => {
  it('is the time during which a request waited for want of an idle worker', () => {
    const pool = warmPool(1, { maxWorkers: 1 });
    pool.submit('p');
    pool.runTo(1_050).submit('q');
    pool.submit('r');
    expect(pool.runTo(1_120).snapshot().saturatedMs).toBe(70);
    expect(pool.runTo(3_000).snapshot().saturatedMs).toBe(150);
    expect(pool.snapshot().counters).toMatchObject({ submitted: 3, metNoIdleWorker: 2 });
  });

  it('is none while requests wait beside an idle worker for others to join them', () => {
    const pool = warmPool(1, { maxBatch: 4, batchDelayMs: 200 });
    pool.submit('p');
    expect(pool.runTo(3_000).snapshot().saturatedMs).toBe(0);
  });
});

describe('a start', () => {
  it('was useless if its worker never took a request that would have waited without it', () => {
    const pool = warmPool(1, {}, { serve: ([id]) => ({ ms: id === 'first' ? 250 : 100 }) });
    for (const id of ['first', 'second', 'third']) pool.submit(id);
    pool.runToRest();
    // The reserved worker was done with all of them before the other one was warm.
    expect(pool.snapshot().counters).toMatchObject({ workersStarted: 2, uselessSpawns: 0, coldServed: 1 });
    const other = warmPool(1, {}, { start: () => ({ ms: 900 }) });
    for (const id of ['p', 'q', 'r']) other.submit(id);
    other.runToRest();
    expect(other.snapshot().counters).toMatchObject({ workersStarted: 2, uselessSpawns: 1, coldServed: 0 });
  });

  it('that failed was useless', () => {
    const pool = new VirtualPool({}, { start: () => ({ ms: 10, dies: true }) });
    pool.submit('p');
    pool.runToRest();
    expect(pool.snapshot().counters).toMatchObject({ workersStarted: 3, workersDied: 3, uselessSpawns: 3 });
  });

  it('that failed was useless under spill, too', () => {
    const pool = new VirtualPool({ scaling: spill }, { start: () => ({ ms: 10, dies: true }) });
    pool.submit('p');
    pool.runToRest();
    expect(pool.snapshot().counters).toMatchObject({ workersStarted: 3, spilled: 0, uselessSpawns: 3 });
  });
});

describe('the error of the predicted waits', () => {
  it('is the difference to the real ones of the first dispatch', () => {
    const pool = warmPool(1, { maxWorkers: 1 }, { serve: ([id]) => ({ ms: id === 'p' ? 130 : 100 }) });
    for (const id of ['p', 'q']) pool.submit(id);
    pool.runTo(2_000);
    expect(pool.snapshot().waitError).toEqual({ p50Ms: 0, p95Ms: 30 });
  });

  it('is 0 while nothing was dispatched', () => {
    expect(new VirtualPool().snapshot().waitError).toEqual({ p50Ms: 0, p95Ms: 0 });
  });
});
