import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GapHistogram, upperBoundMs } from '../../../src/core/estimates/gaps.ts';

const HOURS = 3_600_000;
const gap = fc.oneof(
  fc.double({ min: 0, max: 3.8 * HOURS, noNaN: true }),
  fc.double({ min: 0, max: 5_000, noNaN: true }),
);
const gaps = fc.array(gap, { minLength: 1, maxLength: 100, size: 'max' });

function histogramOf(gaps: readonly number[]): GapHistogram {
  const histogram = new GapHistogram();
  for (const gap of gaps) histogram.add(gap);
  return histogram;
}

describe('GapHistogram', () => {
  it('has the quantiles of the gaps, at most 6 % too long, and 10 ms for all that are shorter', () => {
    const property = fc.property(gaps, fc.constantFrom(0.05, 0.5, 0.9, 0.99, 1), (gaps, q) => {
      const sorted = [...gaps].sort((a, b) => a - b);
      const exact = sorted[Math.ceil(q * sorted.length - 1e-9) - 1] ?? Number.NaN;
      const estimate = histogramOf(gaps).quantile(q);
      expect(estimate).toBeGreaterThanOrEqual(exact * (1 - 1e-9));
      expect(estimate).toBeLessThanOrEqual(Math.max(10, exact * 2 ** (1 / 12)) * (1 + 1e-9));
    });
    fc.assert(property, { numRuns: 200 });
  });

  it('gives no number to gaps over 4 hours', () => {
    const histogram = histogramOf([...Array(98).fill(100), 5 * HOURS, 100 * HOURS]);
    expect(histogram.quantile(0.98)).toBeCloseTo(100, -1);
    expect(histogram.quantile(0.99)).toBe(Number.POSITIVE_INFINITY);
  });

  it('counts each gap once, in a bin that holds it', () => {
    const property = fc.property(gaps, (gaps) => {
      const { weights, total } = histogramOf(gaps);
      expect(total).toBe(gaps.length);
      let below = 0;
      for (const [bin, weight] of weights.entries()) {
        below += weight;
        const bound = upperBoundMs(bin) * (1 + 1e-9);
        expect(below).toBeLessThanOrEqual(gaps.filter((gap) => gap <= bound).length);
      }
      expect(below).toBe(gaps.length);
    });
    fc.assert(property, { numRuns: 50 });
  });

  it('lets old gaps fade: it never holds more than 1000, and follows what is new', () => {
    const histogram = histogramOf(Array(5_000).fill(60_000));
    expect(histogram.total).toBeLessThan(1_000);
    for (let i = 0; i < 1_000; i++) histogram.add(100);
    expect(histogram.total).toBeLessThan(1_000);
    expect(histogram.quantile(0.5)).toBeLessThan(110);
    expect(histogram.quantile(0.95)).toBeGreaterThan(50_000);
    for (let i = 0; i < 5_000; i++) histogram.add(100);
    expect(histogram.quantile(0.95)).toBeLessThan(110);
  });

  it('has no quantile without gaps', () => {
    expect(new GapHistogram().quantile(0.5)).toBe(Number.POSITIVE_INFINITY);
  });
});
