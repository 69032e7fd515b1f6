import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GapHistogram, upperBoundMs } from '../../../src/core/estimates/gaps.ts';
import { costKeepAlive, fixedKeepAlive, histogramKeepAlive } from '../../../src/core/policies/keep-alive.ts';

function view(gaps: readonly number[], coldStartMs = 300) {
  const histogram = new GapHistogram();
  for (const gap of gaps) histogram.add(gap);
  return { gaps: histogram, coldStartMs };
}

const HOURS = 3_600_000;
const gap = fc.oneof(
  fc.double({ min: 0, max: 60_000, noNaN: true }),
  fc.double({ min: 0, max: 6 * HOURS, noNaN: true }),
);
const manyGaps = fc.array(gap, { minLength: 10, maxLength: 60, size: 'max' });

describe('the fixed keep-alive', () => {
  it('is always the same', () => {
    const policy = fixedKeepAlive(1_500);
    expect(policy.window(view([]))).toEqual({ fromMs: 0, untilMs: 1_500 });
    expect(policy.window(view(Array(50).fill(10)))).toEqual({ fromMs: 0, untilMs: 1_500 });
    expect(policy.name).toBe('fixed:1500ms');
  });
});

describe('the histogram keep-alive', () => {
  const policy = histogramKeepAlive(fixedKeepAlive(7_777));

  it('falls back until ten gaps are known', () => {
    expect(policy.window(view(Array(9).fill(20_000))).untilMs).toBe(7_777);
    expect(policy.window(view(Array(10).fill(20_000))).untilMs).not.toBe(7_777);
  });

  it('falls back when more than one of a hundred gaps is over 4 hours', () => {
    expect(policy.window(view([...Array(98).fill(20_000), 5 * HOURS, 5 * HOURS])).untilMs).toBe(7_777);
  });

  it('is warm from a tenth before the 5th percentile of the gaps to a tenth after the 99th', () => {
    const gaps = Array.from({ length: 100 }, (_, i) => 20_000 + i * 400);
    const { fromMs, untilMs } = policy.window(view(gaps));
    expect(fromMs / (21_600 * 0.9)).toBeCloseTo(1, 1);
    expect(untilMs / (59_200 * 1.1)).toBeCloseTo(1, 1);
  });

  it('stays all the time if it would have to come back within two cold starts', () => {
    const gaps = Array.from({ length: 100 }, (_, i) => 20_000 + i * 400);
    expect(policy.window(view(gaps, 9_000)).fromMs).toBeGreaterThan(0);
    expect(policy.window(view(gaps, 11_000)).fromMs).toBe(0);
  });

  it('is warm for at least 94 of 100 of the gaps it was made from', () => {
    const property = fc.property(manyGaps, (gaps) => {
      const { fromMs, untilMs } = policy.window(view(gaps));
      if (untilMs === 7_777) return;
      const warm = gaps.filter((gap) => Math.max(10, gap) >= fromMs && gap <= untilMs).length;
      expect(warm).toBeGreaterThanOrEqual(0.94 * gaps.length - 1);
    });
    fc.assert(property);
  });
});

describe('the cost keep-alive', () => {
  /** What it costs to stay for so long after each use, if the gaps have the lengths of their bins. */
  function costOf(stayMs: number, { gaps }: { gaps: GapHistogram }, coldMs: number): number {
    const costs = gaps.weights.map((weight, bin) => {
      const gapMs = upperBoundMs(bin);
      if (weight === 0) return 0;
      return weight * (gapMs <= stayMs ? gapMs : stayMs + coldMs);
    });
    return costs.reduce((sum, cost) => sum + cost, 0);
  }

  it('stays for as long as the cold start is worth until ten gaps are known', () => {
    expect(costKeepAlive(3).window(view(Array(9).fill(100)))).toEqual({ fromMs: 0, untilMs: 900 });
  });

  it('stays for the time that costs least over the known gaps: none else is cheaper', () => {
    const weights = fc.constantFrom(0, 0.5, 1, 4, 20);
    const colds = fc.constantFrom(100, 3_000, 60_000);
    const property = fc.property(manyGaps, weights, colds, (gaps, weight, coldStartMs) => {
      const seen = view(gaps, coldStartMs);
      const { fromMs, untilMs } = costKeepAlive(weight).window(seen);
      expect(fromMs).toBe(0);
      const chosen = costOf(untilMs, seen, weight * coldStartMs);
      const candidates = [0, ...seen.gaps.weights.map((_, bin) => upperBoundMs(bin))].filter(Number.isFinite);
      const least = Math.min(...candidates.map((stay) => costOf(stay, seen, weight * coldStartMs)));
      expect(chosen).toBeLessThanOrEqual(least * (1 + 1e-9) + 1e-6);
    });
    fc.assert(property, { numRuns: 200 });
  });

  it('covers short gaps and lets go before long ones', () => {
    const gaps = [...Array(40).fill(1_000), ...Array(10).fill(2 * HOURS)];
    const { untilMs } = costKeepAlive(1).window(view(gaps, 10_000));
    expect(untilMs).toBeGreaterThanOrEqual(1_000);
    expect(untilMs).toBeLessThan(1_060);
  });

  it('does not stay at all if cold starts cost nothing, or all gaps are long', () => {
    expect(costKeepAlive(0).window(view(Array(20).fill(1_000))).untilMs).toBe(0);
    expect(costKeepAlive(1).window(view(Array(20).fill(HOURS), 300)).untilMs).toBe(0);
  });
});
