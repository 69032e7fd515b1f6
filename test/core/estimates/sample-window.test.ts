import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SampleWindow } from '../../../src/core/estimates/sample-window.ts';

// Without a negative zero, which equals the positive one in every order.
const sample = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => value + 0);
const samples = fc.array(sample, { minLength: 1, maxLength: 60 });
const share = fc.integer({ min: 0, max: 1_000 }).map((thousandths) => thousandths / 1_000);

describe('SampleWindow', () => {
  it('has the quantiles of the last samples: the smallest one that so large a share does not exceed', () => {
    const property = fc.property(samples, fc.integer({ min: 1, max: 40 }), share, (samples, size, q) => {
      const window = new SampleWindow(size);
      for (const sample of samples) window.add(sample);
      const last = samples.slice(-size).sort((a, b) => a - b);
      const enough = (value: number) => last.filter((other) => other <= value).length >= q * last.length - 1e-9;
      expect(window.quantile(q, Number.NaN)).toBe(last.find(enough));
      expect(window.count).toBe(last.length);
    });
    fc.assert(property, { numRuns: 300 });
  });

  it('gives the smallest for 0 and the largest for 1', () => {
    const window = new SampleWindow(3);
    for (const sample of [99, 3, 1, 2]) window.add(sample);
    expect([window.quantile(0, 0), window.quantile(0.5, 0), window.quantile(1, 0)]).toEqual([1, 2, 3]);
  });

  it('says what it is told to without samples', () => {
    expect(new SampleWindow(5).quantile(0.9, 42)).toBe(42);
  });
});
