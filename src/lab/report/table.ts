/** The totals of runs: as text for a terminal, as JSON for programs. */
import { formatNumber, formatSignificant, roundForJson } from './format.ts';
import type { Run, Totals } from './run.ts';

const GAP = '  ';

/** In ms. */
const TIMES = ['minMs', 'meanMs', 'p50Ms', 'p75Ms', 'p90Ms', 'p99Ms', 'p999Ms', 'maxMs'] as const;

/** Runs side by side, a line per figure. */
export function table(runs: readonly Run[]): string {
  return alignColumns([['', ...runs.map(({ name }) => name)], ...totalsLines(runs)]);
}

/** A line per figure of the runs: its label, and its value in each of them. */
export function totalsLines(runs: readonly Run[]): (readonly [label: string, ...cells: string[]])[] {
  const line = (label: string, format: (value: number) => string, value: (totals: Totals) => number) =>
    [label, ...runs.map(({ totals }) => format(value(totals)))] as const;
  const count = (value: number) => formatNumber(value, 0);
  const codes = [...new Set(runs.flatMap(({ totals }) => Object.keys(totals.errorCodes)))].sort();
  // Every figure that one of the runs has; the others show a dash.
  const further = new Map(runs.flatMap(({ figures }) => figures.map(({ key, label }) => [key, label] as const)));
  return [
    line('requests', count, ({ requests }) => requests),
    line('errors', count, ({ errors }) => errors),
    ...codes.map((code) => line(`errors ${code}`, count, ({ errorCodes }) => errorCodes[code] ?? 0)),
    line('duration s', formatSignificant, ({ durationMs }) => durationMs / 1_000),
    line('requests/s', formatSignificant, ({ perSecond }) => perSecond),
    ...TIMES.map((key) => line(timeLabel(key), formatSignificant, (totals) => totals[key])),
    ...[...further].map(([key, label]) => [label, ...runs.map((run) => figureCell(run, key))] as const),
  ];
}

/** `p999Ms` → `p99.9 ms` */
function timeLabel(key: string): string {
  return key.replace('999', '99.9').replace('Ms', ' ms');
}

function figureCell({ figures }: Run, key: string): string {
  const figure = figures.find((figure) => figure.key === key);
  return formatNumber(figure?.value ?? Number.NaN, figure?.digits ?? 0);
}

/** Lines of equally many cells: the first column is aligned left, the others right. */
export function alignColumns(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const padded = (cell: string, column: number) => {
    const width = widths[column] ?? 0;
    return column === 0 ? cell.padEnd(width) : cell.padStart(width);
  };
  return lines.map((line) => `${line.map(padded).join(GAP)}\n`).join('');
}

/** The name of the run as `policy`, its totals, and its further figures by their keys. */
type JsonResult = { readonly policy: string; readonly errorCodes: Totals['errorCodes'] } & Readonly<
  Record<Exclude<keyof Totals, 'errorCodes'>, number | null>
>;

/** A line. Numbers have at most 3 digits after the point; null stands for NaN, which JSON has no word for. */
export function toJson(runs: readonly Run[]): string {
  return `${JSON.stringify({ results: runs.map(jsonResult) })}\n`;
}

function jsonResult({ name, totals, figures }: Run): JsonResult {
  const { requests, errors, errorCodes, ...times } = totals;
  const further = Object.fromEntries(figures.map(({ key, value }) => [key, value]));
  return { policy: name, requests, errors, errorCodes, ...rounded(times), ...rounded(further) };
}

function rounded<Key extends string>(numbers: Record<Key, number>): Record<Key, number | null> {
  const entries = Object.entries<number>(numbers);
  return Object.fromEntries(entries.map(([key, value]) => [key, roundForJson(value)])) as Record<Key, number | null>;
}
