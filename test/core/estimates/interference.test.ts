import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MeasuredService } from '../../../src/core/estimates/interference.ts';

describe('MeasuredService', () => {
  it('learns how much slower a dispatch is beside a start, and keeps that out of the service time', () => {
    const service = new MeasuredService(10);
    for (let i = 0; i < 600; i++) service.add(1, i % 3 === 2 ? 130 : 100, i % 3 === 2);
    expect(service.time.of(1)).toBeGreaterThan(95);
    expect(service.time.of(1)).toBeLessThan(105);
    expect(service.startSlowdown).toBeGreaterThan(0.2);
    expect(service.startSlowdown).toBeLessThan(0.35);
  });

  it('compares batches with what batches of their size take', () => {
    const service = new MeasuredService(10);
    const ms = (size: number, slower: number) => (20 + 10 * size) * slower;
    for (let i = 0; i < 400; i++) service.add(1 + (i % 4), ms(1 + (i % 4), i % 8 < 4 ? 1 : 1.4), i % 8 >= 4);
    expect(service.startSlowdown).toBeGreaterThan(0.25);
    expect(service.startSlowdown).toBeLessThan(0.5);
  });

  it('knows of no slowdown at first: a first dispatch beside a start tells how long one takes', () => {
    const service = new MeasuredService(10);
    expect(service.startSlowdown).toBe(0);
    service.add(1, 100, true);
    expect([service.time.of(1), service.startSlowdown]).toEqual([100, 0]);
  });

  it('moves by a tenth of the difference with each sample, the first one too', () => {
    const service = new MeasuredService(10);
    service.add(1, 100, false);
    service.add(1, 140, true);
    expect(service.startSlowdown).toBeCloseTo(0.04, 9);
    const seen = 140 / 1.04;
    expect(service.time.of(1)).toBeCloseTo(100 + 0.1 * (seen - 100), 9);
  });

  it('learns little from a single slow dispatch', () => {
    const service = new MeasuredService(10);
    service.add(1, 100, false);
    service.add(1, 10_000, true);
    expect(service.startSlowdown).toBeCloseTo(0.05, 9);
  });

  it('fades by a hundredth with each dispatch that no start was beside', () => {
    const service = new MeasuredService(10);
    for (const ms of [100, 140]) service.add(1, ms, ms > 100);
    for (let i = 0; i < 3; i++) service.add(1, 100, false);
    expect(service.startSlowdown).toBeCloseTo(0.04 * 0.99 ** 3, 9);
  });

  it('follows work that became slower for good, though something always starts', () => {
    const service = new MeasuredService(10);
    service.add(1, 100, false);
    for (let i = 0; i < 300; i++) service.add(1, 400, true);
    expect(service.time.of(1) * (1 + service.startSlowdown)).toBeCloseTo(400, 3);
    // No more than half of it is blamed on the starts.
    expect(service.time.of(1)).toBeGreaterThan(266);
  });

  it('forgets it while nothing starts', () => {
    const service = new MeasuredService(10);
    for (let i = 0; i < 40; i++) service.add(1, i % 2 === 0 ? 100 : 150, i % 2 === 1);
    for (let i = 0; i < 1_000; i++) service.add(1, 100, false);
    expect(service.startSlowdown).toBeLessThan(0.01);
  });

  it('is from 0 to 0.5: no start speeds work up, and what is slower by more is slow for another reason', () => {
    const samples = fc.array(fc.tuple(fc.double({ min: 0, max: 1e5, noNaN: true }), fc.boolean()), { maxLength: 50 });
    const property = fc.property(samples, (samples) => {
      const service = new MeasuredService(10);
      for (const [ms, besideStart] of samples) service.add(1, ms, besideStart);
      expect(service.startSlowdown).toBeGreaterThanOrEqual(0);
      expect(service.startSlowdown).toBeLessThanOrEqual(0.5);
      expect(service.time.of(1)).toBeGreaterThanOrEqual(0);
    });
    fc.assert(property);
  });
});
