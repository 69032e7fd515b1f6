import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  breakEvenShare,
  elasticMachines,
  machines,
  mixedPool,
  type Prices,
  perMonth,
  SECONDS_PER_MONTH,
} from '../../../src/lab/cost/monthly.ts';

const PRICES: Prices = {
  currency: 'EUR',
  reservedUnitMonth: 30,
  onDemandUnitSecond: 0.00002,
  machineMonth: 25,
  loadBalancerMonth: 10,
};

describe('a bill', () => {
  it('of a mixed pool is its reserved units and its on-demand unit-seconds', () => {
    const { items, total } = mixedPool(PRICES, 2, 1_000_000);
    expect(items).toEqual([
      { label: 'reserved', cost: 60 },
      { label: 'on-demand', cost: 20 },
    ]);
    expect(total).toBe(80);
  });

  it('of machines has the load balancer once', () => {
    const { items, total } = machines(PRICES, 4);
    expect(items).toEqual([
      { label: 'machines', cost: 100 },
      { label: 'load balancer', cost: 10 },
    ]);
    expect(total).toBe(110);
  });

  it('of elastic machines is that of twice as many if they are busy for half of their time', () => {
    expect(elasticMachines(PRICES, 2, 0.5)).toEqual(machines(PRICES, 4));
  });
});

describe('breakEvenShare', () => {
  const price = fc.double({ min: 1e-6, max: 1e6, noNaN: true });

  it('is where a unit costs the same on demand as reserved', () => {
    const property = fc.property(price, price, (reservedUnitMonth, onDemandUnitSecond) => {
      const prices = { ...PRICES, reservedUnitMonth, onDemandUnitSecond };
      const seconds = breakEvenShare(prices) * SECONDS_PER_MONTH;
      expect(mixedPool(prices, 0, seconds).total / mixedPool(prices, 1, 0).total).toBeCloseTo(1, 9);
    });
    fc.assert(property);
  });

  it('is never reached if on-demand units are free', () => {
    expect(breakEvenShare({ ...PRICES, onDemandUnitSecond: 0 })).toBe(Number.POSITIVE_INFINITY);
  });

  it('is 0 if reserved units are free, even beside free on-demand ones', () => {
    expect(breakEvenShare({ ...PRICES, reservedUnitMonth: 0 })).toBe(0);
    expect(breakEvenShare({ ...PRICES, reservedUnitMonth: 0, onDemandUnitSecond: 0 })).toBe(0);
  });
});

describe('perMonth', () => {
  it('makes a whole month of one worker from an hour of one', () => {
    expect(perMonth(3_600, 3_600_000)).toBe(SECONDS_PER_MONTH);
  });

  it('does not change what was counted for a month', () => {
    expect(perMonth(12_345, SECONDS_PER_MONTH * 1_000)).toBeCloseTo(12_345, 6);
  });

  it.each([0, -5, Number.NaN])('refuses a span of %d ms and quotes it', (spanMs) => {
    expect(() => perMonth(1, spanMs)).toThrow(`A span of ${spanMs} ms`);
  });
});
