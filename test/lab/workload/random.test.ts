import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exponential, fork, type Random, xoshiro128 } from '../../../src/lab/workload/random.ts';
import { correlation, distance, mean, relativeError, variance } from './statistics.ts';

function take(count: number, random: Random): number[] {
  return Array.from({ length: count }, () => random());
}

describe('xoshiro128', () => {
  it('gives the sequence that the published algorithm gives from the state 1, 2, 3, 4', () => {
    const words = take(10, xoshiro128([1, 2, 3, 4])).map((value) => value * 2 ** 32);
    const published = [11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597];
    expect(words).toEqual([...published, 4258142804]);
  });
});

describe('fork', () => {
  it('gives a seed and a name the same sequence for ever', () => {
    const words = take(4, fork(42, 'arrivals')).map((value) => value * 2 ** 32);
    expect(words).toEqual([606762561, 2531924692, 2512457633, 836400216]);
  });

  it('gives numbers from 0 to below 1, equally spread', () => {
    const values = take(100_000, fork(1, 'spread'));
    expect(values.filter((value) => value < 0 || value >= 1)).toEqual([]);
    expect(distance(values, (value) => value)).toBeLessThan(1.95);
  });

  it('sets every bit as often as not', () => {
    const values = take(100_000, fork(7, 'bits')).map((value) => value * 2 ** 32);
    for (let bit = 0; bit < 32; bit++) {
      const ones = values.filter((value) => Math.floor(value / 2 ** bit) % 2 === 1).length;
      // Four standard deviations.
      expect(Math.abs(ones - 50_000)).toBeLessThan(4 * Math.sqrt(25_000));
    }
  });

  it('gives streams of other names and of neighbouring seeds that have nothing to do with each other', () => {
    const count = 20_000;
    const streams = [
      fork(1, 'arrivals'),
      fork(1, 'service'),
      fork(1, 'arrival'),
      fork(2, 'arrivals'),
      fork(3, 'arrivals'),
    ];
    const series = streams.map((stream) => take(count, stream));
    for (const [i, a] of series.entries())
      for (const b of series.slice(i + 1)) expect(Math.abs(correlation(a, b))).toBeLessThan(4 / Math.sqrt(count));
  });

  it('starts the streams of successive seeds at numbers that are spread like any others', () => {
    const firsts = Array.from({ length: 20_000 }, (_, seed) => fork(seed, 'arrivals')());
    expect(distance(firsts, (value) => value)).toBeLessThan(1.95);
    expect(Math.abs(correlation(firsts.slice(1), firsts.slice(0, -1)))).toBeLessThan(4 / Math.sqrt(20_000));
  });

  it('takes any seed and name', () => {
    const property = fc.property(fc.oneof(fc.integer(), fc.double()), fc.string(), (seed, name) => {
      const values = take(50, fork(seed, name));
      expect(values).toEqual(take(50, fork(seed, name)));
      expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
      expect(new Set(values).size).toBeGreaterThan(45);
    });
    fc.assert(property);
  });
});

describe('exponential', () => {
  const random = fork(11, 'exponential');
  const values = Array.from({ length: 200_000 }, () => exponential(random, 250));

  it('has the mean, and the mean for its standard deviation', () => {
    expect(relativeError(mean(values), 250)).toBeLessThan(0.01);
    expect(relativeError(Math.sqrt(variance(values)), 250)).toBeLessThan(0.01);
  });

  it('has the exponential distribution', () => {
    expect(distance(values, (value) => 1 - Math.exp(-value / 250))).toBeLessThan(1.95);
  });

  it('does not remember the number before', () => {
    expect(Math.abs(correlation(values.slice(1), values.slice(0, -1)))).toBeLessThan(4 / Math.sqrt(values.length));
  });
});
