import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { burstsAround, bursty, poisson } from '../../../src/lab/workload/random-arrivals.ts';
import { type OpenWorkload, WorkloadError } from '../../../src/lab/workload/workload.ts';
import { distance, indexOfDispersion, mean, relativeError, variance } from './statistics.ts';

const HOUR = 3_600_000;
const MILLION = 1_000_000;
const shape = { calmPerSecond: 4, burstPerSecond: 40, calmMs: 6_000, burstMs: 2_000 };

function countOf(workload: OpenWorkload): number {
  let count = 0;
  for (const _ of workload.arrivals()) count++;
  return count;
}

/** Of at most `count` arrivals, so that endless workloads will do. */
function first(count: number, workload: OpenWorkload): number[] {
  const times: number[] = [];
  for (const at of workload.arrivals()) if (times.push(at) === count) break;
  return times;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapWithoutGarbage(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** By how much the heap grows while it gives so many arrivals, in bytes. */
function growthOver(arrivals: number, workload: OpenWorkload): number {
  const times = workload.arrivals()[Symbol.iterator]();
  times.next();
  const before = heapWithoutGarbage();
  for (let count = 0; count < arrivals; count++) times.next();
  const after = heapWithoutGarbage();
  expect(times.next().done).toBe(false);
  return after - before;
}

describe.each([
  ['poisson', (seed: number, durationMs: number) => poisson({ perSecond: 13, durationMs, seed })],
  ['bursty', (seed: number, durationMs: number) => bursty({ ...shape, durationMs, seed })],
])('a %s workload', (name, make) => {
  it('says what it is', () => {
    expect(make(1, HOUR)).toMatchObject({ kind: 'open', name, durationMs: HOUR });
  });

  it('ascends from 0 and ends before its duration does', () => {
    const property = fc.property(fc.integer(), fc.integer({ min: 1, max: 60_000 }), (seed, durationMs) => {
      let last = 0;
      for (const at of make(seed, durationMs).arrivals()) {
        // An `expect` for each would take longer than all else.
        if (at < last) expect.fail(`${at} comes after ${last}`);
        last = at;
      }
      expect(last).toBeLessThan(durationMs);
    });
    fc.assert(property);
  });

  it('gives the same times at each iteration, also while another one is under way', () => {
    const workload = make(5, HOUR);
    const times = first(500, workload);
    expect(times).toHaveLength(500);
    const one = workload.arrivals()[Symbol.iterator]();
    const other = workload.arrivals()[Symbol.iterator]();
    for (const at of times) {
      expect(one.next().value).toBe(at);
      expect(other.next().value).toBe(at);
    }
  });

  it('gives the same times for the same seed, and others for another', () => {
    expect(first(100, make(5, HOUR))).toEqual(first(100, make(5, HOUR)));
    expect(first(100, make(5, HOUR))).not.toEqual(first(100, make(6, HOUR)));
  });

  it('only grows when it lasts longer', () => {
    const short = [...make(5, 60_000).arrivals()];
    expect(first(short.length, make(5, HOUR))).toEqual(short);
  });

  it('gives a million arrivals without keeping them', () => {
    // Kept, they would take 8 MB.
    expect(growthOver(MILLION, make(1, Number.MAX_VALUE))).toBeLessThan(MILLION);
  });
});

describe('poisson', () => {
  it('has its rate', () => {
    for (const perSecond of [0.5, 20, 700]) {
      const durationMs = (200_000 / perSecond) * 1_000;
      expect(relativeError(countOf(poisson({ perSecond, durationMs, seed: 3 })), 200_000)).toBeLessThan(0.01);
    }
  });

  it('has exponential gaps', () => {
    const times = first(100_000, poisson({ perSecond: 20, durationMs: Number.MAX_VALUE, seed: 3 }));
    const gaps = times.map((at, i) => at - (times[i - 1] ?? 0));
    expect(relativeError(mean(gaps), 50)).toBeLessThan(0.01);
    expect(relativeError(variance(gaps), 50 ** 2)).toBeLessThan(0.02);
    expect(distance(gaps, (gap) => 1 - Math.exp(-gap / 50))).toBeLessThan(1.95);
  });

  it('does not cluster: the index of dispersion is 1', () => {
    const workload = poisson({ perSecond: 13, durationMs: 20_000_000, seed: 3 });
    expect(relativeError(indexOfDispersion(workload.arrivals(), 1_000, 20_000), 1)).toBeLessThan(0.03);
  });

  it.each([
    [{ perSecond: 0 }, 'perSecond of the poisson workload is 0, expected a number above 0'],
    [{ perSecond: -3 }, 'perSecond of the poisson workload is -3, expected a number above 0'],
    [
      { perSecond: Number.POSITIVE_INFINITY },
      'perSecond of the poisson workload is Infinity, expected a number above 0',
    ],
    [{ durationMs: Number.NaN }, 'durationMs of the poisson workload is NaN, expected a number above 0'],
  ])('refuses %o', (wrong, message) => {
    expect(() => poisson({ perSecond: 1, durationMs: 1, seed: 1, ...wrong })).toThrow(new WorkloadError(message));
  });
});

describe('bursty', () => {
  it('has the mean rate that its rates and lengths make', () => {
    // (4 · 6 + 40 · 2) / 8 per second.
    const seconds = 100_000;
    const count = countOf(bursty({ ...shape, durationMs: seconds * 1_000, seed: 4 }));
    expect(relativeError(count, seconds * 13)).toBeLessThan(0.02);
  });

  it('has that rate from the start on, over all seeds', () => {
    const counts = Array.from({ length: 4_000 }, (_, seed) => countOf(bursty({ ...shape, durationMs: 1_000, seed })));
    expect(Math.abs(mean(counts) - 13)).toBeLessThan(1);
  });

  it.each([1_000, 10_000, 60_000])('clusters in windows of %d ms as theory has it', (windowMs) => {
    const windows = Math.round(200_000_000 / windowMs);
    const workload = bursty({ ...shape, durationMs: windows * windowMs, seed: 4 });
    // Fischer and Meier-Hellstern, "The MMPP cookbook": the index of dispersion of a two-state process, stationary.
    const [leaveCalm, leaveBurst] = [1 / 6, 1 / 2];
    const leave = leaveCalm + leaveBurst;
    const limit = (2 * leaveCalm * leaveBurst * (40 - 4) ** 2) / (leave ** 2 * (40 * leaveCalm + 4 * leaveBurst));
    const t = (leave * windowMs) / 1_000;
    const expected = 1 + limit * (1 - (1 - Math.exp(-t)) / t);
    expect(expected).toBeGreaterThan(5);
    expect(relativeError(indexOfDispersion(workload.arrivals(), windowMs, windows), expected)).toBeLessThan(0.05);
  });

  it('is a Poisson process if calm and burst have one rate', () => {
    const workload = bursty({ ...shape, calmPerSecond: 13, burstPerSecond: 13, durationMs: 20_000_000, seed: 4 });
    expect(relativeError(indexOfDispersion(workload.arrivals(), 1_000, 20_000), 1)).toBeLessThan(0.03);
  });

  it('bursts at the same times whatever the rates', () => {
    const silent = { ...shape, calmPerSecond: 1e-9, durationMs: HOUR, seed: 9 };
    // The gaps of over a second are the calms.
    const starts = (burstPerSecond: number) => {
      const times = [...bursty({ ...silent, burstPerSecond }).arrivals()];
      return times.filter((at, i) => at - (times[i - 1] ?? -2_000) > 1_000).map((at) => Math.round(at / 100));
    };
    const slow = new Set(starts(500));
    const same = starts(2_000).filter((at) => [at - 1, at, at + 1].some((near) => slow.has(near)));
    expect(slow.size).toBeGreaterThan(100);
    expect(same.length / slow.size).toBeGreaterThan(0.97);
  });

  it.each(['calmPerSecond', 'burstPerSecond', 'calmMs', 'burstMs', 'durationMs'] as const)(
    'refuses a %s of 0',
    (name) => {
      const message = `${name} of the bursty workload is 0, expected a number above 0`;
      expect(() => bursty({ ...shape, durationMs: 1, seed: 1, [name]: 0 })).toThrow(new WorkloadError(message));
    },
  );
});

describe('burstsAround', () => {
  it('has the mean rate asked for', () => {
    const { calmPerSecond, burstPerSecond, calmMs, burstMs } = burstsAround(30);
    expect((calmPerSecond * calmMs + burstPerSecond * burstMs) / (calmMs + burstMs)).toBe(30);
    const seconds = 200_000;
    const count = countOf(bursty({ ...burstsAround(30), durationMs: seconds * 1_000, seed: 2 }));
    expect(relativeError(count, seconds * 30)).toBeLessThan(0.02);
  });

  it('refuses a rate below 0 by the name that was given', () => {
    const message = 'perSecond of the bursty workload is -1, expected a number above 0';
    expect(() => burstsAround(-1)).toThrow(new WorkloadError(message));
  });
});
