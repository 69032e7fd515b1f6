/** The axes that values are drawn on. */
import type { Scale } from '../../web/report/page-data.ts';

/** From 0 to a little more than the largest value. */
export function linear(values: readonly (number | null)[], whole: boolean): Scale {
  const largest = values.reduce<number>((largest, value) => Math.max(largest, value ?? 0), 0);
  return { kind: 'linear', range: [0, largest === 0 ? 1 : largest * 1.1], whole };
}

/** Between the round numbers (1, 2 or 5 times a power of ten) around the values. */
export function logarithmic(values: readonly (number | null)[]): Scale {
  let [smallest, largest] = [Number.POSITIVE_INFINITY, 0];
  for (const value of values) {
    // Zero has no place on this scale; it is drawn as if it were below its end.
    if (value === null || value <= 0) continue;
    smallest = Math.min(smallest, value);
    largest = Math.max(largest, value);
  }
  const from = largest === 0 ? 1 : roundBelow(smallest);
  return { kind: 'log', range: [from, Math.max(roundAbove(largest), from * 10)], whole: false };
}

function roundBelow(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * (value >= 5 * power ? 5 : value >= 2 * power ? 2 : 1);
}

function roundAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * (value <= power ? 1 : value <= 2 * power ? 2 : value <= 5 * power ? 5 : 10);
}
