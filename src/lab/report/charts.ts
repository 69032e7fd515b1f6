/** Which charts of runs there are, as data: what is drawn, in which colours and on which scales. */
import type { Chart, Look, Series } from '../../web/report/page-data.ts';
import { roundForJson } from './format.ts';
import type { Run, Sample } from './run.ts';
import { linear, logarithmic } from './scale.ts';

export interface ChartGroup {
  readonly title: string;
  readonly charts: readonly Chart[];
}

/** As many as the style sheet has. */
const RUN_COLORS = 6;
const BYTES_PER_MB = 1e6;

export function chartGroups(runs: readonly Run[]): ChartGroup[] {
  if (runs.length === 0) return [];
  const all = runs.flatMap(({ samples }) => samples);
  const load = [
    lines(
      'Answers per second',
      runs,
      perSecond(({ answers }) => answers),
    ),
    lines('In flight', runs, ({ inFlight }) => inFlight, true),
    lines('Queue', runs, ({ queued }) => queued, true),
    lines('Cold starts so far', runs, ({ coldStarts }) => coldStarts, true),
  ];
  if (all.some(({ errors }) => errors > 0))
    load.push(
      lines(
        'Errors per second',
        runs,
        perSecond(({ errors }) => errors),
      ),
    );
  if (all.some(({ memoryBytes }) => memoryBytes !== null)) {
    load.push(
      lines('Memory, MB', runs, ({ memoryBytes }) => (memoryBytes === null ? null : memoryBytes / BYTES_PER_MB)),
    );
  }
  const groups = [
    { title: 'Response time', charts: responseTimes(runs) },
    { title: 'Load', charts: load },
  ];
  if (all.some((sample) => workers(sample) > 0)) groups.push({ title: 'Workers', charts: workerStacks(runs) });
  return groups;
}

export function runColor(run: number): Look {
  return { color: `--run-${(run % RUN_COLORS) + 1}`, dash: run < RUN_COLORS ? [] : [6, 3] };
}

/** Times of the samples, in seconds from the start: the ends of their intervals, when the gauges were read. */
export function sampleEnds({ samples, totals }: Run): number[] {
  return samples.map((_, i) => Math.round((samples[i + 1]?.atMs ?? totals.durationMs) * 1_000) / 1e6);
}

type Measure = (sample: Sample, index: number, run: Run) => number | null;

function lines(title: string, runs: readonly Run[], measure: Measure, whole = false): Chart {
  const series = runs.map((run, i) => seriesOf(run, i, measure));
  return {
    title,
    scale: linear(
      series.flatMap(({ values }) => values),
      whole,
    ),
    stacked: false,
    series,
  };
}

function seriesOf(run: Run, index: number, measure: Measure): Series {
  const values = run.samples.map((sample, i) => {
    const value = measure(sample, i, run);
    return value === null ? null : roundForJson(value);
  });
  return { label: run.name, ...runColor(index), run: index, values };
}

/** On one scale, so that they can be compared. */
function responseTimes(runs: readonly Run[]): Chart[] {
  const charts = [
    lines('Maximum, ms', runs, ({ maxMs }) => maxMs),
    lines('p99, ms', runs, ({ p99Ms }) => p99Ms),
    lines('Mean, ms', runs, ({ meanMs }) => meanMs),
    lines('Minimum, ms', runs, ({ minMs }) => minMs),
  ];
  const scale = logarithmic(charts.flatMap(({ series }) => series.flatMap(({ values }) => values)));
  return charts.map((chart) => ({ ...chart, scale }));
}

/** Null for an interval too short for a rate: the rest at the end of a run. */
function perSecond(count: (sample: Sample) => number): Measure {
  return (sample, i, { samples, totals }) => {
    const widthOf = (i: number) => (samples[i + 1]?.atMs ?? totals.durationMs) - (samples[i]?.atMs ?? 0);
    return widthOf(i) > 0 && widthOf(i) >= widthOf(0) / 2 ? count(sample) / (widthOf(i) / 1_000) : null;
  };
}

const workers = ({ reserved, onDemand, starting }: Sample) => reserved + onDemand + starting;

/** From the top of the stack to its bottom. */
const WORKER_STATES: readonly (readonly [label: string, color: string, measure: (sample: Sample) => number])[] = [
  ['starting', '--starting', ({ starting }) => starting],
  ['on-demand, idle', '--on-demand-idle', ({ onDemand, onDemandBusy }) => onDemand - onDemandBusy],
  ['on-demand, busy', '--on-demand-busy', ({ onDemandBusy }) => onDemandBusy],
  ['reserved, idle', '--reserved-idle', ({ reserved, reservedBusy }) => reserved - reservedBusy],
  ['reserved, busy', '--reserved-busy', ({ reservedBusy }) => reservedBusy],
];

/** One chart per run on one scale. */
function workerStacks(runs: readonly Run[]): Chart[] {
  const scale = linear(
    runs.flatMap(({ samples }) => samples.map(workers)),
    true,
  );
  return runs.map(({ name, samples }, run) => ({
    title: name,
    scale,
    stacked: true,
    series: WORKER_STATES.map(([label, color, measure]) => ({
      label,
      color,
      dash: [],
      run,
      values: samples.map(measure),
    })),
  }));
}
