import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Estimate, startTime } from '../../src/core/estimate.ts';

/** Each request goes to the worker that frees first. */
function listScheduling(freeAt: readonly number[], ahead: number, serviceMs: number): number {
  const free = [...freeAt].sort((a, b) => a - b);
  for (let i = 0; i < ahead; i++) {
    free.push((free.shift() ?? Number.NaN) + serviceMs);
    free.sort((a, b) => a - b);
  }
  return free[0] ?? Number.POSITIVE_INFINITY;
}

const freeAt = fc.array(fc.double({ min: 0, max: 1e5, noNaN: true }), { minLength: 1, maxLength: 8 });
const serviceMs = fc.double({ min: 0.1, max: 1_000, noNaN: true });

describe('startTime', () => {
  it('agrees with list scheduling', () => {
    const property = fc.property(freeAt, fc.nat(300), serviceMs, (free, ahead, service) => {
      expect(startTime(free, ahead, service)).toBeCloseTo(listScheduling(free, ahead, service), 4);
    });
    fc.assert(property, { numRuns: 1_000 });
  });

  it('never comes earlier for a longer queue', () => {
    const property = fc.property(freeAt, fc.nat(20_000), serviceMs, (free, ahead, service) => {
      expect(startTime(free, ahead + 1, service)).toBeGreaterThanOrEqual(startTime(free, ahead, service) - 1e-6);
    });
    fc.assert(property);
  });

  it('is when the first worker frees if nobody is ahead', () => {
    expect(startTime([700, 300, 500], 0, 100)).toBe(300);
  });

  it('is never without workers', () => {
    expect(startTime([], 0, 100)).toBe(Number.POSITIVE_INFINITY);
  });

  it('takes no longer for a long queue than for a short one: whole rounds are skipped', () => {
    const before = performance.now();
    for (let i = 0; i < 100; i++) expect(startTime([0, 10, 20, 30], 1e7, 100)).toBe(2.5e8);
    // Counted out, these would be a billion steps.
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  it('bears a service time of zero', () => {
    expect(startTime([5, 5], 10_000, 0)).toBeCloseTo(10, 6);
  });
});

describe('Estimate', () => {
  it('is what was assumed until the first measurement, which replaces it', () => {
    const estimate = new Estimate(300);
    expect(estimate.value).toBe(300);
    estimate.add(50);
    expect(estimate.value).toBe(50);
  });

  it('follows later measurements by its weight', () => {
    const estimate = new Estimate(0, 0.25);
    estimate.add(100);
    estimate.add(200);
    expect(estimate.value).toBe(125);
  });

  it('stays between the smallest and the largest measurement', () => {
    const samples = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 });
    const property = fc.property(samples, (samples) => {
      const estimate = new Estimate(-1);
      for (const sample of samples) estimate.add(sample);
      expect(estimate.value).toBeGreaterThanOrEqual(Math.min(...samples) - 1e-6);
      expect(estimate.value).toBeLessThanOrEqual(Math.max(...samples) + 1e-6);
    });
    fc.assert(property);
  });
});
