import { describe, expect, it } from 'vitest';
import { MeasuredService } from '../../src/core/interference.ts';

describe('MeasuredService', () => {
  it('learns how much slower a dispatch is beside a start, and keeps that out of the service time', () => {
    const service = new MeasuredService(10);
    for (let i = 0; i < 60; i++) service.add(1, i % 3 === 2 ? 130 : 100, i % 3 === 2);
    expect(service.time.of(1)).toBeCloseTo(100, 6);
    expect(service.startSlowdown).toBeCloseTo(0.3, 6);
  });

  it('compares batches with what batches of their size take', () => {
    const service = new MeasuredService(10);
    for (let i = 0; i < 80; i++) service.add(1 + (i % 4), 20 + 10 * (1 + (i % 4)), false);
    for (let i = 0; i < 40; i++) service.add(4, 60 * 1.5, true);
    expect(service.startSlowdown).toBeCloseTo(0.5, 3);
    expect(service.time.of(4)).toBeCloseTo(60, 3);
  });

  it('knows of no slowdown at first: a first dispatch beside a start tells how long one takes', () => {
    const service = new MeasuredService(10);
    expect(service.startSlowdown).toBe(0);
    service.add(1, 100, true);
    expect([service.time.of(1), service.startSlowdown]).toEqual([100, 0]);
  });

  it('is from 0 to 1: no start speeds work up, and what is slower by more is slow for another reason', () => {
    const fast = new MeasuredService(10);
    const slow = new MeasuredService(10);
    for (const service of [fast, slow]) service.add(1, 100, false);
    for (let i = 0; i < 20; i++) fast.add(1, 50, true);
    for (let i = 0; i < 20; i++) slow.add(1, 5_000, true);
    expect([fast.startSlowdown, slow.startSlowdown]).toEqual([0, 1]);
  });

  it('bears a service that takes no time', () => {
    const service = new MeasuredService(10);
    service.add(1, 0, false);
    service.add(1, 5, true);
    expect(service.startSlowdown).toBe(0);
  });
});
