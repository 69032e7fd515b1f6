// What all charts of a report have in common.
import type uPlot from 'uplot';
import type { Look, Scale } from './page-data.ts';

/** The width is the page's. */
export type Drawing = [options: Omit<uPlot.Options, 'width'>, data: uPlot.AlignedData];

/** What all charts have in common. Canvas colours are read as they are drawn: they change with the colour scheme. */
export function commonOptions(y: Scale, looks: readonly Look[], filled: boolean) {
  const axis = {
    stroke: () => cssColor('--muted'),
    font: '12px system-ui, sans-serif',
    grid: { stroke: () => cssColor('--line'), width: 1 },
    ticks: { stroke: () => cssColor('--line'), width: 1, size: 5 },
  };
  const wholeSteps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 1e7, 1e8];
  const lookOf = (series: number) => looks[series - 1] as Look;
  const color = (_: uPlot, series: number) => `var(${lookOf(series).color})`;
  const dash = (_: uPlot, series: number) => (lookOf(series).dash.length > 0 ? 'dashed' : 'solid');
  return {
    height: 230,
    padding: [10, 24, 0, 0] as uPlot.Padding,
    scales: { y: { distr: y.kind === 'log' ? 3 : 1, range: [...y.range] as uPlot.Range.MinMax } },
    axes: {
      x: { ...axis, space: 64, size: 34 },
      y: {
        ...axis,
        size: 56,
        values: (_: uPlot, splits: number[]) => splits.map(formatValue),
        ...(y.whole && { incrs: wholeSteps }),
        ...(y.kind === 'log' && {
          splits: () => roundNumbers(y.range),
          filter: (_: uPlot, splits: number[]) => splits,
        }),
      },
    },
    legend: { markers: { width: 2, stroke: color, dash, fill: filled ? color : () => 'transparent' } },
    cursor: { y: false, points: { size: 7, width: 2, stroke: color, fill: () => 'var(--surface)' } },
  };
}

/** 1, 2 and 5 times the powers of ten, or the powers alone if there are many. */
function roundNumbers([from, to]: Scale['range']): number[] {
  const factors = to / from > 1000 ? [1] : [1, 2, 5];
  const numbers: number[] = [];
  for (let exponent = Math.floor(Math.log10(from)); 10 ** exponent <= to; exponent++) {
    const ofPower = factors.map((factor) => factor * 10 ** exponent);
    numbers.push(...ofPower.filter((number) => number >= from && number <= to));
  }
  return numbers;
}

/** As it is in the colour scheme of now: asked of an element that is never seen. */
export function cssColor(name: string, opacity = '100%'): string {
  document.head.style.color = `color-mix(in srgb, var(${name}) ${opacity}, transparent)`;
  return getComputedStyle(document.head).color;
}

/** As in the table: three digits, or all those before the point. */
export function formatValue(value: number | null | undefined): string {
  if (value === null || value === undefined) return '';
  const digits = Math.abs(value) < 99.95 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 };
  return value.toLocaleString('en-US', digits);
}
