import { describe, expect, it } from 'vitest';
import { concurrency } from '../../../src/core/policies/concurrency.ts';
import { fixedKeepAlive } from '../../../src/core/policies/keep-alive.ts';
import type { ModelScaling } from '../../../src/core/policies/scaling.ts';
import { outcome, startsOf, workers } from '../look.ts';
import { VirtualPool } from '../virtual-pool.ts';

/** How many workers the policy wants after a minute of which the last 6 s had the load `panic`, and the rest another one. */
function want(stable: number, panic: number, workers: number, share = 0.7): number {
  const model = concurrency(share).forModel();
  model.observe?.(0, (stable * 60 - panic * 6) / 54);
  model.observe?.(54_000, panic);
  model.observe?.(60_000, panic);
  return size(model, 60_000, workers);
}

/** The least number of workers with which it starts none and, from `workers` down, the first that it would not stop. */
function size(model: ModelScaling, now: number, workers: number): number {
  let wanted = workers;
  while (model.startReason({ ...VIEW, now, workers: wanted }) !== null) wanted++;
  while (wanted > 0 && model.stopReason?.({ ...VIEW, now, workers: wanted }) != null) wanted--;
  return wanted;
}

const VIEW = {
  waiting: 0,
  idle: 0,
  starting: 0,
  predictedWaitMs: 0,
  serviceMs: 100,
  coldStartMs: 1_000,
  startSlowdown: 0,
};

describe('the concurrency policy', () => {
  it('wants so many workers that each has its target share of a request', () => {
    expect(want(0, 0, 0)).toBe(0);
    expect(want(0.1, 0.1, 1)).toBe(1);
    expect(want(1.4, 1.4, 2)).toBe(2);
    expect(want(1.41, 1.41, 2)).toBe(3);
    expect(want(2, 2, 2, 1)).toBe(2);
  });

  it('wants one for a request that waits, whatever the load was', () => {
    const model = concurrency(0.7).forModel();
    expect(model.startReason({ ...VIEW, now: 0, workers: 0, waiting: 1 })).toContain('asked for 1 workers');
    expect(model.startReason({ ...VIEW, now: 0, workers: 1, waiting: 1 })).toBeNull();
  });

  it('panics when the last 6 s ask for twice the workers that there are', () => {
    expect(want(0.7, 2.7, 2)).toBe(4);
    expect(want(0.7, 2.1, 2)).toBe(1);
    expect(want(0.2, 1.4, 0)).toBe(2);
    expect(want(0.1, 0.7, 0)).toBe(1);
  });

  it('holds in a panic what there is, for a minute', () => {
    const model = concurrency(0.7).forModel();
    model.observe?.(0, 4);
    model.observe?.(6_000, 4);
    expect(size(model, 6_000, 2)).toBe(6);
    model.observe?.(6_000, 0);
    model.observe?.(65_999, 0);
    expect(size(model, 65_999, 6)).toBe(6);
    model.observe?.(126_001, 0);
    expect(size(model, 126_001, 6)).toBe(0);
  });
});

/** One request at a time, without a pause, from `fromMs` on, each taking 100 ms; so many clients. */
function load(pool: VirtualPool, clients: number, fromMs: number, untilMs: number): void {
  for (let at = fromMs; at < untilMs; at += 100) {
    for (let i = 0; i < clients; i++) pool.at(at, () => void pool.submit(`${at}-${i}`));
  }
}

describe('a pool under the concurrency policy', () => {
  const scaling = concurrency(0.7);
  const options = { scaling, maxWorkers: 10, keepAlive: fixedKeepAlive(1) };

  it('starts the first worker at once', () => {
    const pool = new VirtualPool(options);
    pool.runTo(5_000).submit('p');
    expect(workers(pool)).toEqual(['1 a on-demand starting']);
    expect(outcome(pool.runTo(6_000), 'p')).toEqual({ worker: 1, at: 5_400 });
  });

  it('grows to the load of the last minute and a panic, and shrinks when both are over', () => {
    const pool = new VirtualPool(options);
    load(pool, 4, 10_000, 20_000);
    pool.runTo(20_000);
    // 4 requests at work need 5.7 workers of which each has 0.7.
    expect(pool.snapshot().workers.length).toBeGreaterThanOrEqual(6);
    const during = pool.snapshot().workers.length;
    // The panic holds for a minute after its last sign, the keep-alive of 1 ms counts for nothing.
    pool.runTo(70_000);
    expect(pool.snapshot().workers).toHaveLength(during);
    expect(workers(pool.runTo(150_000))).toEqual([]);
  });

  it('is looked at every two seconds while there is something to decide, and then no more', () => {
    const pool = new VirtualPool(options);
    pool.submit('p');
    pool.runToRest();
    const ticks = pool.log.flatMap(({ at, input }) => (input === 'tick' ? [at] : []));
    for (const [i, at] of ticks.slice(1).entries()) expect(at - (ticks[i] ?? 0)).toBeLessThanOrEqual(2_000);
    expect(pool.now).toBeGreaterThan(60_000);
    expect(pool.now).toBeLessThan(70_000);
  });

  it('lets no model take the place of another that nobody waits for', () => {
    const pool = new VirtualPool({ ...options, maxWorkers: 1 });
    pool.submit('p', 'a');
    pool.runTo(1_000).submit('q', 'b');
    pool.runToRest();
    expect([outcome(pool, 'p'), outcome(pool, 'q')]).toEqual([
      { worker: 1, at: 400 },
      { worker: 2, at: 1_410 },
    ]);
    expect(startsOf(pool).length).toBeLessThan(4);
  });
});
