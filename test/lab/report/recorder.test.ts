import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RunRecorder } from '../../../src/lab/report/recorder.ts';
import { aRun, NO_LOAD } from './runs.ts';

/** The smallest of the values that `percent` of them do not exceed. */
function exactPercentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length - 1e-9) - 1)] ?? Number.NaN;
}

/** 0.1 %, or 1 µs where that is more. */
function expectNear(actual: number | null, exact: number): void {
  expect(Math.abs((actual ?? Number.NaN) - exact)).toBeLessThanOrEqual(Math.max(exact / 1_000, 0.001));
}

/** From 1 µs to 10 hours, short ones as likely as long ones. */
const responseMs = fc.double({ min: Math.log(0.001), max: Math.log(36e6), noNaN: true }).map(Math.exp);
const responses = fc.array(responseMs, { minLength: 1, maxLength: 300 });

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the totals of a recorded run', () => {
  it('have percentiles as near to the exact ones as the histogram is fine', () => {
    const property = fc.property(responses, (responses) => {
      const { totals } = aRun('any', { answers: responses.map((responseMs, i) => [i, responseMs]) });
      for (const [key, percent] of Object.entries({ p50Ms: 50, p75Ms: 75, p90Ms: 90, p99Ms: 99, p999Ms: 99.9 })) {
        expectNear(totals[key as 'p50Ms'], exactPercentile(responses, percent));
      }
    });
    fc.assert(property);
  });

  it('have the exact minimum, mean and maximum, and the percentiles between them', () => {
    const property = fc.property(responses, (responses) => {
      const { totals } = aRun('any', { answers: responses.map((responseMs, i) => [10 * i, responseMs]) });
      expect(totals.minMs).toBe(Math.min(...responses));
      expect(totals.maxMs).toBe(Math.max(...responses));
      expect(totals.meanMs / mean(responses)).toBeCloseTo(1, 9);
      const { minMs, p50Ms, p75Ms, p90Ms, p99Ms, p999Ms, maxMs } = totals;
      const ascending = [minMs, p50Ms, p75Ms, p90Ms, p99Ms, p999Ms, maxMs];
      expect(ascending).toEqual(ascending.toSorted((a, b) => a - b));
    });
    fc.assert(property);
  });

  it('count answers of more than a day as of one day in percentiles, and as they are in the rest', () => {
    const day = 24 * 3_600_000;
    const { totals } = aRun('slow', { answers: [10, 20, 30].map((atMs) => [atMs, atMs === 10 ? 5 : 3 * day]) });
    expect(totals).toMatchObject({ minMs: 5, maxMs: 3 * day });
    expectNear(totals.p99Ms, day);
  });

  it('count errors by code and leave them out of the response times', () => {
    const { totals } = aRun('refusing', {
      answers: [
        [1, 50],
        [2, 1, 'OVERLOADED'],
        [3, 9_000, 'DEADLINE_EXCEEDED'],
        [4, 1, 'OVERLOADED'],
      ],
    });
    expect(totals).toMatchObject({ requests: 4, errors: 3, minMs: 50, meanMs: 50, p999Ms: 50, maxMs: 50 });
    expect(totals.errorCodes).toEqual({ OVERLOADED: 2, DEADLINE_EXCEEDED: 1 });
  });

  it('have no response times if every answer is an error', () => {
    const { totals } = aRun('refusing', { answers: [[1, 50, 'OVERLOADED']] });
    expect(totals).toMatchObject({ requests: 1, errors: 1, minMs: Number.NaN, meanMs: Number.NaN, p50Ms: Number.NaN });
    expect(totals.maxMs).toBeNaN();
  });

  it('take the rate from the end that the caller names, not from the last answer', () => {
    const { totals } = aRun('short', { answers: [[100, 5]], endMs: 4_000 });
    expect(totals).toMatchObject({ durationMs: 4_000, perSecond: 0.25 });
  });

  it('are of nothing if nothing happened', () => {
    const { totals, samples } = aRun('empty', { answers: [], endMs: 0 });
    expect(totals).toMatchObject({ requests: 0, errors: 0, errorCodes: {}, perSecond: 0 });
    expect(samples).toHaveLength(1);
  });
});

describe('the samples of a recorded run', () => {
  it('describe the answers of their interval, exactly but for the percentile', () => {
    const property = fc.property(fc.array(responses, { minLength: 1, maxLength: 20 }), (intervals) => {
      const answers = intervals.flatMap((times, i) => times.map((ms, j) => [i * 1_000 + j + 1, ms] as const));
      const { samples } = aRun('any', { answers, endMs: intervals.length * 1_000 });
      expect(samples).toHaveLength(intervals.length);
      for (const [i, times] of intervals.entries()) {
        const range = { minMs: Math.min(...times), maxMs: Math.max(...times) };
        expect(samples[i]).toMatchObject({ atMs: i * 1_000, answers: times.length, errors: 0, ...range });
        expect((samples[i]?.meanMs ?? 0) / mean(times)).toBeCloseTo(1, 9);
        expectNear(samples[i]?.p99Ms ?? null, exactPercentile(times, 99));
      }
    });
    fc.assert(property, { numRuns: 30 });
  });

  it('have no response times where nothing was answered but errors', () => {
    const { samples } = aRun('gap', {
      answers: [
        [500, 7],
        [1_500, 3, 'OVERLOADED'],
        [3_500, 9],
      ],
      endMs: 4_000,
    });
    expect(samples.map(({ answers, errors, meanMs }) => [answers, errors, meanMs])).toEqual([
      [1, 0, 7],
      [1, 1, null],
      [0, 0, null],
      [1, 0, 9],
    ]);
  });

  it('take an answer at the last instant of an interval into it', () => {
    const { samples } = aRun('edge', { answers: [[1_000, 7]], endMs: 1_000 });
    expect(samples.map(({ atMs, answers }) => [atMs, answers])).toEqual([[0, 1]]);
  });

  it('end with a shorter one if the run ends within an interval', () => {
    const { samples } = aRun('cut', { answers: [[2_100, 7]], endMs: 2_300 });
    expect(samples.map(({ atMs, answers }) => [atMs, answers])).toEqual([
      [0, 0],
      [1_000, 0],
      [2_000, 1],
    ]);
  });

  it('hold the gauges as they stood before what ended the interval happened', () => {
    let inFlight = 0;
    const recorder = new RunRecorder(1_000, () => ({ ...NO_LOAD, inFlight }));
    for (const [atMs, change] of [
      [300, 1],
      [1_000, 1],
      [1_001, 1],
      [3_500, -3],
    ] as const) {
      if (recorder.nextIntervalAt < atMs) recorder.advance(atMs);
      inFlight += change;
    }
    const { samples } = recorder.run('gauges', [], 4_000);
    expect(samples.map(({ inFlight }) => inFlight)).toEqual([2, 3, 3, 0]);
  });

  it('read the gauges by themselves where an answer is the first that is heard of a new interval', () => {
    const reads: number[] = [];
    const recorder = new RunRecorder(1_000, () => ({ ...NO_LOAD, coldStarts: reads.push(reads.length) }));
    recorder.answer(2_500, 10, null);
    expect(reads).toHaveLength(2);
    expect(recorder.nextIntervalAt).toBe(3_000);
  });

  it('are never more than asked for: the last one goes on to the end of the run', () => {
    const recorder = new RunRecorder(10, () => NO_LOAD, 3);
    for (let atMs = 1; atMs <= 1_000; atMs++) recorder.answer(atMs, atMs, null);
    const { samples, totals } = recorder.run('long', [], 1_000);
    expect(samples.map(({ atMs, answers, maxMs }) => [atMs, answers, maxMs])).toEqual([
      [0, 10, 10],
      [10, 10, 20],
      [20, 980, 1_000],
    ]);
    expect(totals).toMatchObject({ requests: 1_000, maxMs: 1_000 });
  });

  it('are 600 at most unless asked otherwise', () => {
    const recorder = new RunRecorder(1, () => NO_LOAD);
    recorder.advance(1e9);
    expect(recorder.run('long', [], 1e9).samples).toHaveLength(600);
  });
});

describe('RunRecorder refuses', () => {
  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('an interval of %d ms', (intervalMs) => {
    expect(() => new RunRecorder(intervalMs, () => NO_LOAD)).toThrow(`not ${intervalMs}`);
  });

  it.each([0, 2.5, Number.NaN])('at most %d samples', (maxSamples) => {
    expect(() => new RunRecorder(1, () => NO_LOAD, maxSamples)).toThrow(`not ${maxSamples}`);
  });

  it.each([-0.1, Number.NaN, Number.POSITIVE_INFINITY])('a response time of %d ms', (responseMs) => {
    const recorder = new RunRecorder(1_000, () => NO_LOAD);
    expect(() => recorder.answer(1, responseMs, null)).toThrow(`not ${responseMs}`);
  });

  it.each([499, Number.NaN, Number.POSITIVE_INFINITY])('an end at %d ms after an answer at 500 ms', (endMs) => {
    const recorder = new RunRecorder(1_000, () => NO_LOAD);
    recorder.answer(500, 20, null);
    expect(() => recorder.run('cut', [], endMs)).toThrow(`at 500 ms, or later, not at ${endMs} ms`);
  });
});
