import { describe, expect, it } from 'vitest';
import { alignColumns, table, toJson } from '../../../src/lab/report/table.ts';
import { aRun } from './runs.ts';

const WORKER_SECONDS = { key: 'workerSeconds', label: 'worker-seconds', value: 14_117.26, digits: 1 };
const COLD_SERVED = { key: 'coldServed', label: 'cold-served', value: 3, digits: 0 };

const slow = [
  [100, 38.4111],
  [200, 10_042.3],
] as const;

/** The cells of the line of that label. */
function lineOf(text: string, label: string): string[] | undefined {
  const line = text.split('\n').find((line) => line.startsWith(`${label} `));
  return line?.slice(label.length).trim().split(/\s+/);
}

describe('table', () => {
  it('sets runs side by side, a figure per line, aligned right', () => {
    const text = table([aRun('spill', { answers: slow }), aRun('target-wait')]);
    const lines = text.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^ +spill {2}target-wait$/);
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
    expect(lineOf(text, 'requests')).toEqual(['2', '10']);
  });

  it('shows ms with three digits, or with all before the point', () => {
    const text = table([aRun('spill', { answers: slow }), aRun('quick', { answers: [[1, 0.41237]] })]);
    expect(lineOf(text, 'min ms')).toEqual(['38.4', '0.412']);
    expect(lineOf(text, 'max ms')).toEqual(['10,042', '0.412']);
  });

  it('shows further figures with their own digits, and a dash for the runs that have none', () => {
    const text = table([
      aRun('spill', { figures: [WORKER_SECONDS, COLD_SERVED] }),
      aRun('never', { figures: [{ ...WORKER_SECONDS, value: 3_600 }] }),
    ]);
    expect(lineOf(text, 'worker-seconds')).toEqual(['14,117.3', '3,600.0']);
    expect(lineOf(text, 'cold-served')).toEqual(['3', '–']);
  });

  it('has a line per error code that any of the runs met', () => {
    const text = table([aRun('calm'), aRun('refusing', { answers: [[1, 2, 'OVERLOADED']] })]);
    expect(lineOf(text, 'errors')).toEqual(['0', '1']);
    expect(lineOf(text, 'errors OVERLOADED')).toEqual(['0', '1']);
  });

  it('shows a dash for response times that nothing has', () => {
    expect(lineOf(table([aRun('refusing', { answers: [[1, 2, 'OVERLOADED']] })]), 'p99 ms')).toEqual(['–']);
  });
});

describe('alignColumns', () => {
  it('is empty without lines', () => {
    expect(alignColumns([])).toBe('');
  });

  it('makes each column as wide as its widest cell', () => {
    const lines = [
      ['a', 'ten', '1'],
      ['bcd', '7', '10,000'],
    ];
    expect(alignColumns(lines)).toBe('a    ten       1\nbcd    7  10,000\n');
  });
});

describe('toJson', () => {
  it('names the policy, the totals and the further figures by their keys', () => {
    const report = JSON.parse(toJson([aRun('spill', { figures: [COLD_SERVED] }), aRun('target-wait')]));
    expect(report.results.map(({ policy }: { policy: string }) => policy)).toEqual(['spill', 'target-wait']);
    expect(Object.keys(report.results[0] ?? {})).toEqual([
      ...['policy', 'requests', 'errors', 'errorCodes', 'durationMs', 'perSecond', 'minMs', 'meanMs'],
      ...['p50Ms', 'p75Ms', 'p90Ms', 'p99Ms', 'p999Ms', 'maxMs', 'coldServed'],
    ]);
    expect(report.results[0]).toMatchObject({ requests: 10, p50Ms: 40, coldServed: 3 });
  });

  it('has at most three digits after the point', () => {
    const answers = [7.0004, 8.12345].map((ms, i) => [i, ms] as const);
    const [result] = JSON.parse(
      toJson([aRun('any', { answers, figures: [{ ...WORKER_SECONDS, value: 1 / 3 }] })]),
    ).results;
    expect(result).toMatchObject({ minMs: 7, meanMs: 7.562, maxMs: 8.123, workerSeconds: 0.333 });
  });

  it('says null for response times that nothing has', () => {
    const report = JSON.parse(toJson([aRun('refusing', { answers: [[1, 2, 'OVERLOADED']] })]));
    expect(JSON.parse(JSON.stringify(report))).toMatchObject({
      results: [{ p99Ms: null, errorCodes: { OVERLOADED: 1 } }],
    });
  });
});
