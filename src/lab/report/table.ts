/** The totals of runs: as text for a terminal, as JSON for programs. */
import { roundForJson } from './format.ts';
import type { Run, Totals } from './run.ts';
import { totalsLines } from './totals.ts';

const GAP = '  ';

/** Runs side by side, a line per figure. */
export function table(runs: readonly Run[]): string {
  const lines = totalsLines(runs).map(({ label, cells }) => [label, ...cells]);
  return alignColumns([['', ...runs.map(({ name }) => name)], ...lines]);
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

/** Numbers have at most 3 digits after the point; null stands for NaN, which JSON has no word for. */
export interface JsonReport {
  readonly results: readonly JsonResult[];
}

/** The name of the run as `policy`, its totals, and its further figures by their keys. */
type JsonResult = { readonly policy: string; readonly errorCodes: Totals['errorCodes'] } & Readonly<
  Record<Exclude<keyof Totals, 'errorCodes'>, number | null>
>;

export function toJson(runs: readonly Run[]): JsonReport {
  return { results: runs.map(jsonResult) };
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
