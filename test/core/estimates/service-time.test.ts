import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ServiceTime } from '../../../src/core/estimates/service-time.ts';

const size = fc.integer({ min: 1, max: 16 });
const cost = fc.double({ min: 0, max: 200, noNaN: true });

describe('ServiceTime', () => {
  it('deviates by the first difference that it sees, and follows later ones by a tenth', () => {
    const time = new ServiceTime(0);
    time.add(1, 100);
    expect(time.deviationMs).toBe(0);
    time.add(1, 150);
    expect(time.deviationMs).toBe(50);
    time.add(1, time.of(1));
    expect(time.deviationMs).toBeCloseTo(45);
  });

  it('is what was assumed, per request, until the first measurement', () => {
    const time = new ServiceTime(20);
    expect([time.of(1), time.of(4), time.deviationMs, time.measured]).toEqual([20, 80, 0, false]);
  });

  it('is proportional to the size as long as all dispatches have one size', () => {
    const time = new ServiceTime(1_000);
    for (let i = 0; i < 20; i++) time.add(4, 80);
    expect(time.measured).toBe(true);
    for (const size of [1, 2, 8]) expect(time.of(size)).toBeCloseTo(20 * size, 9);
  });

  it('recovers a fixed cost and one per request exactly, from any mix of sizes', () => {
    const sizes = fc.array(size, { minLength: 20, maxLength: 40 }).filter((sizes) => new Set(sizes.slice(-8)).size > 1);
    const property = fc.property(sizes, cost, cost, (sizes, fixedMs, perRequestMs) => {
      const time = new ServiceTime(1);
      for (const n of sizes) time.add(n, fixedMs + perRequestMs * n);
      for (const n of [1, 5, 16]) expect(time.of(n)).toBeCloseTo(fixedMs + perRequestMs * n, 3);
    });
    fc.assert(property);
  });

  it('recovers them within a tenth from measurements that are 20 % off', () => {
    const time = new ServiceTime(1);
    const errors: number[] = [];
    for (let i = 0; i < 1_000; i++) {
      const n = 1 + (i % 8);
      const noise = 1 + 0.2 * Math.sin(i * i);
      time.add(n, (30 + 10 * n) * noise);
      if (i >= 100) errors.push(Math.abs(time.of(1) / 40 - 1), Math.abs(time.of(8) / 110 - 1));
    }
    errors.sort((a, b) => a - b);
    expect(errors[Math.floor(errors.length / 2)]).toBeLessThan(0.1);
  });

  it('forgets: after 50 dispatches that take twice as long, so does the estimate', () => {
    const time = new ServiceTime(1);
    for (let i = 0; i < 50; i++) time.add(1 + (i % 4), 10 * (1 + (i % 4)));
    for (let i = 0; i < 50; i++) time.add(1 + (i % 4), 20 * (1 + (i % 4)));
    for (const n of [1, 4]) expect(time.of(n) / (20 * n)).toBeCloseTo(1, 1);
  });

  it('is never negative, and never shorter for a larger batch, whatever was measured', () => {
    const samples = fc.array(fc.tuple(size, fc.double({ min: 0, max: 1e4, noNaN: true })), { maxLength: 40 });
    const property = fc.property(samples, (samples) => {
      const time = new ServiceTime(10);
      for (const [n, ms] of samples) time.add(n, ms);
      for (let n = 1; n < 16; n++) {
        expect(time.of(n)).toBeGreaterThanOrEqual(-1e-6);
        expect(time.of(n + 1)).toBeGreaterThanOrEqual(time.of(n) - 1e-6);
        expect(time.of(2 * n), 'twice the requests cost at most twice the time').toBeLessThanOrEqual(
          2 * time.of(n) + 1e-6,
        );
      }
    });
    fc.assert(property);
  });

  it('knows how far measurements lie from it, per request', () => {
    const steady = new ServiceTime(1);
    const uneven = new ServiceTime(1);
    for (let i = 0; i < 200; i++) {
      steady.add(2, 100);
      uneven.add(2, i % 2 === 0 ? 80 : 120);
    }
    expect(steady.deviationMs).toBe(0);
    expect(uneven.deviationMs).toBeGreaterThan(8);
    expect(uneven.deviationMs).toBeLessThan(12);
  });
});
