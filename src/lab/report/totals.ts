/** Which figures of runs are shown, in which order and with which digits: runs side by side, a line per figure. */
import { formatNumber, formatSignificant } from './format.ts';
import type { Figure, Run, Totals } from './run.ts';

export interface TotalsLine {
  readonly label: string;
  /** One per run. */
  readonly cells: readonly string[];
}

export function totalsLines(runs: readonly Run[]): TotalsLine[] {
  const line = (label: string, cell: (totals: Totals) => string): TotalsLine => ({
    label,
    cells: runs.map(({ totals }) => cell(totals)),
  });
  const count = (label: string, value: (totals: Totals) => number) =>
    line(label, (totals) => formatNumber(value(totals), 0));
  const ms = (label: string, value: (totals: Totals) => number) =>
    line(label, (totals) => formatSignificant(value(totals)));
  return [
    count('requests', ({ requests }) => requests),
    count('errors', ({ errors }) => errors),
    ...errorCodes(runs).map((code) => count(`errors ${code}`, ({ errorCodes }) => errorCodes[code] ?? 0)),
    line('duration s', ({ durationMs }) => formatSignificant(durationMs / 1_000)),
    line('requests/s', ({ perSecond }) => formatSignificant(perSecond)),
    ms('min ms', ({ minMs }) => minMs),
    ms('mean ms', ({ meanMs }) => meanMs),
    ms('p50 ms', ({ p50Ms }) => p50Ms),
    ms('p75 ms', ({ p75Ms }) => p75Ms),
    ms('p90 ms', ({ p90Ms }) => p90Ms),
    ms('p99 ms', ({ p99Ms }) => p99Ms),
    ms('p99.9 ms', ({ p999Ms }) => p999Ms),
    ms('max ms', ({ maxMs }) => maxMs),
    ...figureLines(runs),
  ];
}

function errorCodes(runs: readonly Run[]): string[] {
  return [...new Set(runs.flatMap(({ totals }) => Object.keys(totals.errorCodes)))].sort();
}

/** Every figure that one of the runs has; the others show a dash. */
function figureLines(runs: readonly Run[]): TotalsLine[] {
  const labels = new Map(runs.flatMap(({ figures }) => figures.map(({ key, label }) => [key, label] as const)));
  return [...labels].map(([key, label]) => ({ label, cells: runs.map(({ figures }) => figureCell(figures, key)) }));
}

function figureCell(figures: readonly Figure[], key: string): string {
  const figure = figures.find((figure) => figure.key === key);
  return formatNumber(figure?.value ?? Number.NaN, figure?.digits ?? 0);
}
