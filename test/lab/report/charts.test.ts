import { describe, expect, it } from 'vitest';
import { chartGroups, sampleEnds } from '../../../src/lab/report/charts.ts';
import type { Run } from '../../../src/lab/report/run.ts';
import type { Chart } from '../../../src/web/report/page-data.ts';
import { aRun, aRunWithSpikes } from './runs.ts';

const titles = (runs: readonly Run[]) => chartGroups(runs).flatMap(({ charts }) => charts.map(({ title }) => title));

function chart(runs: readonly Run[], title: string): Chart {
  const found = chartGroups(runs)
    .flatMap(({ charts }) => charts)
    .find((chart) => chart.title === title);
  if (!found) throw new Error(`There is no chart '${title}'.`);
  return found;
}

const valuesOf = ({ series }: Chart) => series.map(({ values }) => values);

describe('the charts of runs', () => {
  it('have a line per run', () => {
    const { series } = chart([aRun('spill'), aRun('target-wait')], 'p99, ms');
    expect(series.map(({ label }) => label)).toEqual(['spill', 'target-wait']);
    expect(new Set(series.map(({ color }) => color)).size).toBe(2);
  });

  it('tell more runs than there are colours apart by dashes', () => {
    const { series } = chart(
      Array.from({ length: 12 }, (_, i) => aRun(`${i}`)),
      'In flight',
    );
    expect(new Set(series.map(({ color, dash }) => `${color} ${dash}`)).size).toBe(12);
  });

  it('show response times on one logarithmic scale that has room for the largest of all runs', () => {
    const runs = [aRunWithSpikes('spill', 10_000), aRunWithSpikes('target-wait', 200)];
    const scales = ['Maximum, ms', 'p99, ms', 'Mean, ms', 'Minimum, ms'].map((title) => chart(runs, title).scale);
    for (const scale of scales) expect(scale).toEqual({ kind: 'log', range: [20, 10_000], whole: false });
  });

  it('show answers per second, whatever the length of the interval', () => {
    const answers = [100, 200, 300, 1_100].map((atMs) => [atMs, 5] as const);
    expect(valuesOf(chart([aRun('any', { answers, endMs: 1_800 })], 'Answers per second'))).toEqual([[3, 1.25]]);
  });

  it('show no rate for a rest of less than half an interval: it would be a matter of chance', () => {
    const answers = [100, 1_001].map((atMs) => [atMs, 5] as const);
    expect(valuesOf(chart([aRun('any', { answers, endMs: 1_002 })], 'Answers per second'))).toEqual([[1, null]]);
  });

  it('show errors, memory and workers only of runs that have them', () => {
    const without = { reserved: 0 };
    expect(titles([aRun('plain', { gauges: without })])).toEqual([
      ...['Maximum, ms', 'p99, ms', 'Mean, ms', 'Minimum, ms'],
      ...['Answers per second', 'In flight', 'Queue', 'Cold starts so far'],
    ]);
    const all = titles([
      aRun('refusing', { answers: [[1, 2, 'OVERLOADED']], gauges: without }),
      aRun('live', { gauges: { memoryBytes: 19e6 } }),
    ]);
    expect(all).toEqual(expect.arrayContaining(['Errors per second', 'Memory, MB', 'refusing', 'live']));
  });

  it('show a gap for memory that one of the runs does not know', () => {
    const runs = [
      aRun('simulated', { endMs: 1_000, answers: [] }),
      aRun('live', { gauges: { memoryBytes: 19_500_000 } }),
    ];
    expect(valuesOf(chart(runs, 'Memory, MB')).map(([first]) => first)).toEqual([null, 19.5]);
  });

  it('part the workers of each run by what they do, on one scale', () => {
    const gauges = { reserved: 2, reservedBusy: 1, onDemand: 3, onDemandBusy: 2, starting: 4 };
    const runs = [aRun('spill', { gauges, endMs: 1_000, answers: [] }), aRun('never')];
    const { series, stacked, scale } = chart(runs, 'spill');
    expect(stacked).toBe(true);
    expect(series.map(({ label, values }) => [label, ...values])).toEqual([
      ['starting', 4],
      ['on-demand, idle', 1],
      ['on-demand, busy', 2],
      ['reserved, idle', 1],
      ['reserved, busy', 1],
    ]);
    expect(chart(runs, 'never').scale).toEqual(scale);
    expect(scale.range[1]).toBeGreaterThan(9);
  });

  it('are none without runs', () => {
    expect(chartGroups([])).toEqual([]);
  });
});

describe('sampleEnds', () => {
  it('are in seconds, the last one at the end of the run', () => {
    expect(sampleEnds(aRun('cut', { answers: [], endMs: 2_250 }))).toEqual([1, 2, 2.25]);
  });
});
