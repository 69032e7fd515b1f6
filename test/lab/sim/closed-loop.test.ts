/** Users of whom each sends the next request when the one before is answered. */
import { describe, expect, it } from 'vitest';
import type { SchedulerOptions } from '../../../src/core/options.ts';
import type { Run } from '../../../src/lab/report/run.ts';
import { closed, figure, run } from './simulated.ts';

type Steps = Parameters<typeof closed>[1];

/** So many workers of 100 ms a request. */
function users(workers: number, durationMs: number, steps: Steps, thinkMs = 0): Run {
  const workload = closed(durationMs, steps, thinkMs);
  return run({ workload, reserved: workers, scheduler: { maxWorkers: workers }, samples: durationMs / 100 });
}

/** Answers that come after `from` and up to `to`. */
function answers({ samples }: Run, from: number, to: number): number {
  return samples.filter(({ atMs }) => atMs >= from && atMs < to).reduce((sum, sample) => sum + sample.answers, 0);
}

describe('users before workers enough', () => {
  it.each([0, 25, 900])('send a request per service and think time of %d ms, each', (thinkMs) => {
    const { totals } = users(3, 100_000, [[0, 3]], thinkMs);
    expect(totals.requests).toBe(3 * Math.ceil(100_000 / (100 + thinkMs)));
    expect(totals).toMatchObject({ errors: 0, minMs: expect.closeTo(100, 6), maxMs: expect.closeTo(100, 6) });
  });

  it('never have more requests open than they are', () => {
    const { samples } = users(3, 10_000, [
      [0, 1],
      [5_000, 3],
    ]);
    expect(new Set(samples.filter(({ atMs }) => atMs < 4_900).map(({ inFlight }) => inFlight))).toEqual(new Set([1]));
    expect(Math.max(...samples.map(({ inFlight }) => inFlight))).toBe(3);
  });
});

describe('users before too few workers', () => {
  it('get the throughput of the workers, and share the wait', () => {
    const { totals } = users(2, 100_000, [[0, 10]]);
    expect(totals.requests).toBe(2 * 1_000 + 8);
    expect(totals.p50Ms).toBeCloseTo(500, 0);
    expect(totals.maxMs).toBeCloseTo(500, 6);
  });
});

describe('users that come and go', () => {
  it('come with their step and leave with it', () => {
    const result = users(4, 3_000, [
      [0, 1],
      [1_000, 4],
      [2_000, 2],
    ]);
    expect([answers(result, 0, 1_000), answers(result, 1_000, 2_000), answers(result, 2_000, 3_000)]).toEqual([
      10, 40, 20,
    ]);
  });

  it('may all be away for a time', () => {
    const result = users(1, 3_000, [
      [0, 1],
      [1_000, 0],
      [2_000, 1],
    ]);
    expect([answers(result, 0, 1_000), answers(result, 1_000, 2_000), answers(result, 2_000, 3_000)]).toEqual([
      10, 0, 10,
    ]);
  });

  it('are as many as their step says, even if some came back before they had left', () => {
    // One worker of 100 ms: users leave one by one, while others come.
    const { samples } = users(1, 2_000, [
      [0, 3],
      [50, 1],
      [250, 3],
      [550, 2],
    ]);
    expect(samples.at(-3)?.inFlight).toBe(2);
  });

  it('get the answers that are missing at the end', () => {
    const { totals } = users(1, 150, [[0, 5]]);
    expect(totals).toMatchObject({ requests: 6, durationMs: expect.closeTo(600, 6) });
  });
});

describe('users that are refused', () => {
  const refusing = (scheduler: Partial<SchedulerOptions>, deadlineMs = Number.POSITIVE_INFINITY, reserved = 1) =>
    run({ workload: closed(10_000, [[0, 8]]), scheduler, deadlineMs, reserved });

  it('for a full queue come back when they are told to, and the worker has no pause', () => {
    const result = refusing({ queueLimit: 1 });
    const { requests, errors, errorCodes } = result.totals;
    expect(errorCodes).toEqual({ OVERLOADED: errors });
    // Six find no room, and each comes back at the next end of a service at the earliest.
    expect(errors).toBeGreaterThan(50);
    expect(errors).toBeLessThanOrEqual(6 * 100);
    expect(requests - errors).toBeGreaterThan(90);
    expect(figure(result, 'reservedBusySeconds')).toBeGreaterThan(9);
  });

  it('for a deadline, too', () => {
    const result = refusing({}, 250);
    expect(Object.keys(result.totals.errorCodes)).toEqual(['DEADLINE_EXCEEDED']);
    expect(figure(result, 'reservedBusySeconds')).toBeGreaterThan(9);
    expect(result.totals.maxMs).toBeLessThan(250);
  });

  it('by a pool that will never have a worker come back now and then, until the end', () => {
    const { totals } = refusing({}, undefined, 0);
    expect(totals.errorCodes).toEqual({ OVERLOADED: totals.requests });
    expect(totals.requests).toBeLessThanOrEqual(8 * 11);
    expect(totals.requests).toBeGreaterThan(8);
  });
});
