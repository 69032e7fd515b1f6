/** Which charts of runs there are, as data: what is drawn, in which colours and on which scales. */
import type { Chart, Frontier, FrontierData, Look } from '../../web/report/page-data.ts';
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

type Measure = (sample: Sample, index: number, run: Run) => number | null;

/** A chart with a line per run, and whether its values are numbers of something. */
type Lines = readonly [title: string, measure: Measure, whole?: boolean];

const RESPONSE_TIMES: readonly Lines[] = [
  ['Maximum, ms', ({ maxMs }) => maxMs],
  ['p99, ms', ({ p99Ms }) => p99Ms],
  ['Mean, ms', ({ meanMs }) => meanMs],
  ['Minimum, ms', ({ minMs }) => minMs],
];

const LOAD: readonly Lines[] = [
  ['Answers per second', perSecond(({ answers }) => answers)],
  ['In flight', ({ inFlight }) => inFlight, true],
  ['Queue', ({ queued }) => queued, true],
  ['Cold starts so far', ({ coldStarts }) => coldStarts, true],
];
const ERRORS: Lines = ['Errors per second', perSecond(({ errors }) => errors)];
const MEMORY: Lines = ['Memory, MB', ({ memoryBytes }) => (memoryBytes === null ? null : memoryBytes / BYTES_PER_MB)];

export function chartGroups(runs: readonly Run[]): ChartGroup[] {
  if (runs.length === 0) return [];
  const some = (holds: (sample: Sample) => boolean) => runs.some(({ samples }) => samples.some(holds));
  const load = [...LOAD];
  if (some(({ errors }) => errors > 0)) load.push(ERRORS);
  if (some(({ memoryBytes }) => memoryBytes !== null)) load.push(MEMORY);
  const groups = [
    { title: 'Response time', charts: onOneScale(RESPONSE_TIMES.map((one) => lines(runs, one))) },
    { title: 'Load', charts: load.map((one) => lines(runs, one)) },
  ];
  if (some((sample) => workers(sample) > 0)) groups.push({ title: 'Workers', charts: workerStacks(runs) });
  return groups;
}

export function runColor(run: number): Look {
  return { color: `--run-${(run % RUN_COLORS) + 1}`, dash: run < RUN_COLORS ? [] : [6, 3] };
}

/** Times of the samples, in seconds from the start: the ends of their intervals, when the gauges were read. */
export function sampleEnds({ samples, totals }: Run): number[] {
  return samples.map((_, i) => Math.round((samples[i + 1]?.atMs ?? totals.durationMs) * 1_000) / 1e6);
}

function lines(runs: readonly Run[], [title, measure, whole = false]: Lines): Chart {
  const series = runs.map((run, i) => {
    const values = run.samples.map((sample, at) => roundForJson(measure(sample, at, run) ?? Number.NaN));
    return { label: run.name, ...runColor(i), run: i, values };
  });
  const values = series.flatMap(({ values }) => values);
  return { title, scale: linear(values, whole), stacked: false, series };
}

/** So that they can be compared. */
function onOneScale(charts: readonly Chart[]): Chart[] {
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
  const sums = runs.flatMap(({ samples }) => samples.map(workers));
  const scale = linear(sums, true);
  return runs.map(({ name, samples }, run) => {
    const series = WORKER_STATES.map(([label, color, measure]) => {
      return { label, color, dash: [], run, values: samples.map(measure) };
    });
    return { title: name, scale, stacked: true, series };
  });
}

/** What can be had for what: points of two figures, one line per way of getting there. */
export interface FrontierChart extends Pick<FrontierData, 'xLabel' | 'yLabel'> {
  readonly title: string;
  readonly frontiers: readonly Pick<Frontier, 'name' | 'points'>[];
}

/** Points in order of x, without those that no axis has a place for: they are in the page's table only. */
export function frontierData({ xLabel, yLabel, frontiers }: FrontierChart): FrontierData {
  const drawn = frontiers.map(({ name, points }, i) => ({
    name,
    ...runColor(i),
    points: points.filter(({ x, y }) => Number.isFinite(x) && y > 0 && Number.isFinite(y)).sort((a, b) => a.x - b.x),
  }));
  const y = logarithmic(drawn.flatMap(({ points }) => points.map(({ y }) => y)));
  return { xLabel, yLabel, y, frontiers: drawn };
}
