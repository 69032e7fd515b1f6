import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startTime } from '../../../src/core/estimates/list-scheduling.ts';

/** Each request goes to the worker that frees first. */
function listScheduling(freeAt: readonly number[], ahead: number, stepMs: number): number {
  const free = [...freeAt];
  for (let i = 0; i < ahead; i++) {
    const first = free.indexOf(Math.min(...free));
    free[first] = (free[first] ?? Number.NaN) + stepMs;
  }
  return Math.min(...free);
}

const time = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: 0, max: 1e4, noNaN: true }) },
  // Hung for minutes, or still loading for as long.
  { weight: 1, arbitrary: fc.double({ min: 1e5, max: 1e6, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 100, 200) },
);
const freeAt = fc.array(time, { minLength: 1, maxLength: 20, size: 'max' });
const stepMs = fc.oneof(fc.double({ min: 0.1, max: 1_000, noNaN: true }), fc.constant(100));

describe('startTime', () => {
  it('agrees with list scheduling, for up to 20 workers of which some are overdue or far from ready', () => {
    const property = fc.property(freeAt, fc.nat(400), stepMs, (free, ahead, step) => {
      expect(startTime(free, ahead, step)).toBeCloseTo(listScheduling(free, ahead, step), 4);
    });
    fc.assert(property, { numRuns: 1_000 });
  });

  it('never comes earlier for a longer queue', () => {
    const property = fc.property(freeAt, fc.nat(20_000), stepMs, (free, ahead, step) => {
      expect(startTime(free, ahead + 1, step)).toBeGreaterThanOrEqual(startTime(free, ahead, step) - 1e-6);
    });
    fc.assert(property);
  });

  it('never comes later with one more worker', () => {
    const property = fc.property(freeAt, time, fc.nat(2_000), stepMs, (free, one, ahead, step) => {
      expect(startTime([...free, one], ahead, step)).toBeLessThanOrEqual(startTime(free, ahead, step) + 1e-6);
    });
    fc.assert(property);
  });

  it('is when the first worker frees if nobody is ahead', () => {
    expect(startTime([700, 300, 500], 0, 100)).toBe(300);
  });

  it('is not before the first worker frees, not even by rounding', () => {
    const property = fc.property(freeAt, fc.nat(400), stepMs, (free, ahead, step) => {
      expect(startTime(free, ahead, step)).toBeGreaterThanOrEqual(Math.min(...free));
    });
    fc.assert(property, { examples: [[[1000.1, 1000.1], 1, 30.7]] });
  });

  it('is never without workers', () => {
    expect(startTime([], 0, 100)).toBe(Number.POSITIVE_INFINITY);
  });

  it('leaves the times of the workers as they were', () => {
    const free = [30, 10, 20];
    startTime(free, 1_000, 7);
    expect(free).toEqual([30, 10, 20]);
  });

  it('takes no longer for a long queue than for a short one: whole rounds are skipped', () => {
    const before = performance.now();
    for (let i = 0; i < 100; i++) expect(startTime([0, 10, 20, 30], 1e7, 100)).toBe(2.5e8);
    // Counted out, these would be a billion steps.
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  it('takes no longer either if all workers but one are far from ready', () => {
    const far = Array.from({ length: 19 }, () => 1e9);
    const before = performance.now();
    for (let i = 0; i < 100; i++) expect(startTime([0, ...far], 1e6, 100)).toBe(1e8);
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  it('bears a service time of zero', () => {
    expect(startTime([5, 5], 10_000, 0)).toBeCloseTo(10, 6);
  });
});
