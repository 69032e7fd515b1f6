import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linear, logarithmic } from '../../../src/lab/report/scale.ts';

/** As charts have them: with three digits after the point. */
const positive = fc.integer({ min: 1, max: 1e12 }).map((thousandths) => thousandths / 1_000);

describe('a logarithmic scale', () => {
  it('runs between round numbers around the values, over one power of ten at least', () => {
    const property = fc.property(fc.array(positive, { minLength: 1 }), (values) => {
      const [from, to] = logarithmic([...values, null]).range;
      expect(from).toBeLessThanOrEqual(Math.min(...values));
      expect(to).toBeGreaterThanOrEqual(Math.max(...values));
      expect(to / from).toBeGreaterThanOrEqual(9.999);
      for (const end of [from, to]) expect(end.toExponential()).toMatch(/^[125]e/);
    });
    fc.assert(property);
  });

  it('is no wider than the round numbers next to the values', () => {
    expect(logarithmic([38, 190, 10_042]).range).toEqual([20, 20_000]);
    expect(logarithmic([100, 10_000]).range).toEqual([100, 10_000]);
  });

  it('leaves out zero, which has no place on it', () => {
    expect(logarithmic([0, 30, 400]).range).toEqual([20, 500]);
  });

  it('is there even if no value is', () => {
    expect(logarithmic([null, 0]).range).toEqual([1, 10]);
  });
});

describe('a linear scale', () => {
  it('runs from zero to above the largest value', () => {
    const [from, to] = linear([3, null, 40], true).range;
    expect(from).toBe(0);
    expect(to).toBeGreaterThan(40);
  });

  it('has a height even if every value is zero', () => {
    expect(linear([0, 0], true).range).toEqual([0, 1]);
  });
});
