import { describe, expect, it } from 'vitest';
import { concurrency } from '../../../src/core/policies/concurrency.ts';
import { fixedKeepAlive } from '../../../src/core/policies/keep-alive.ts';
import { outcome, startsOf, workers } from '../look.ts';
import { VirtualPool } from '../virtual-pool.ts';

/** What the policy wants for a mean load over the stable and over the panic window. */
function want(stable: number, panic: number, workers: number, share = 0.7) {
  const policy = concurrency(share);
  if (policy.kind !== 'size') throw new Error('it is no size policy');
  const wanted = policy.size({ workers, averageLoad: (windowMs) => (windowMs === 60_000 ? stable : panic) });
  // Not -0.
  return { ...wanted, workers: wanted.workers + 0 };
}

describe('the concurrency policy', () => {
  it('wants so many workers that each has its target share of a request', () => {
    expect(want(0, 0, 0)).toEqual({ workers: 0, holdMs: 0 });
    expect(want(0.1, 0.1, 1)).toEqual({ workers: 1, holdMs: 0 });
    expect(want(1.4, 1.4, 2)).toEqual({ workers: 2, holdMs: 0 });
    expect(want(1.41, 1.41, 2)).toEqual({ workers: 3, holdMs: 0 });
    expect(want(2, 2, 2, 1)).toEqual({ workers: 2, holdMs: 0 });
  });

  it('panics when the last 6 s ask for twice the workers that there are, and holds them for a minute', () => {
    expect(want(0.7, 2.7, 2)).toEqual({ workers: 4, holdMs: 60_000 });
    expect(want(0.7, 2.1, 2)).toEqual({ workers: 1, holdMs: 0 });
    expect(want(0, 1.4, 0)).toEqual({ workers: 2, holdMs: 60_000 });
    expect(want(0.1, 0.7, 0)).toEqual({ workers: 1, holdMs: 0 });
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
