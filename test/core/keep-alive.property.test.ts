import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costKeepAlive, fixedKeepAlive, histogramKeepAlive } from '../../src/core/policies/keep-alive.ts';
import { startsOf, warmPool } from './look.ts';
import type { Fate } from './records.ts';
import { VirtualPool } from './virtual-pool.ts';
import { Watch } from './watch.ts';

const FALLBACK_MS = 3_000;
const START_TIMEOUT_MS = 20_000;
const keepAlives = { histogram: histogramKeepAlive(fixedKeepAlive(FALLBACK_MS)), cost: costKeepAlive(3) };

/** Requests of one model, a few at once, with gaps that differ by up to so much. */
const pattern = fc.record({
  periodMs: fc.integer({ min: 500, max: 60_000 }),
  jitter: fc.array(fc.nat(1_000), { minLength: 12, maxLength: 40, size: 'max' }),
  spread: fc.constantFrom(0, 0.3, 2),
  atOnce: fc.integer({ min: 1, max: 3 }),
});

const run = fc.record({
  keepAlive: fc.constantFrom('histogram' as const, 'cost' as const),
  models: fc.array(pattern, { minLength: 1, maxLength: 3 }),
  maxWorkers: fc.integer({ min: 1, max: 4 }),
  starts: fc.array(fc.constantFrom<Fate>({ ms: 100 }, { ms: 2_000 }, { ms: 50, dies: true }), { maxLength: 30 }),
});

describe('a pool that learns when it is needed', () => {
  it('keeps every rule, starts no more than it has reasons for, and comes to rest after the longest gap', () => {
    const property = fc.property(run, ({ keepAlive, models, maxWorkers, starts }) => {
      const fates = [...starts];
      const world = { start: () => fates.shift() ?? { ms: 400 } };
      const options = { maxWorkers, keepAlive: keepAlives[keepAlive], startTimeoutMs: START_TIMEOUT_MS };
      const pool = new VirtualPool(options, world, new Watch());
      let requests = 0;
      let longestMs = 0;
      for (const [m, { periodMs, jitter, spread, atOnce }] of models.entries()) {
        let at = 0;
        for (const thousandths of jitter) {
          const gapMs = periodMs * (1 + (spread * thousandths) / 1_000);
          longestMs = Math.max(longestMs, gapMs);
          at += gapMs;
          for (let i = 0; i < atOnce; i++) {
            const id = `r${requests++}`;
            pool.at(at, () => void pool.submit(id, `m${m}`));
          }
        }
      }
      pool.runToRest();
      const ended = Math.max(...[...pool.jobs.values()].map((job) => job.endedAt));
      // A gap may be long because a place was not used in each period.
      const gapsMs = Math.max(...models.map(({ jitter }) => jitter.length)) * longestMs;
      expect(pool.now).toBeLessThan(ended + gapsMs * 1.1 * 1.06 + FALLBACK_MS + START_TIMEOUT_MS + 10_000);
      expect(pool.snapshot().workers).toEqual([]);
      // One for each request, one ahead of it, and one in vain for each place at the end.
      const failed = starts.filter(({ dies }) => dies).length;
      expect(startsOf(pool).length).toBeLessThanOrEqual(2 * requests + 2 * failed + maxWorkers * models.length);
    });
    fc.assert(property, { numRuns: 100 });
  });

  it('does not wake up at all while only reserved workers idle', () => {
    const pool = warmPool(2, { keepAlive: keepAlives.histogram, startTimeoutMs: START_TIMEOUT_MS });
    pool.runTo(100_000);
    const before = pool.log.length;
    pool.runTo(1e9);
    expect(pool.log.length).toBe(before);
  });
});
