// A chart of runs over time.
import uPlot from 'uplot';
import { commonOptions, cssColor, type Drawing, formatValue } from './common.ts';
import type { Chart, PageData } from './page-data.ts';

export function timeChart({ times }: PageData, chart: Chart): Drawing {
  // All charts have the times of all runs, so that they end at the same place.
  const xs = [...new Set(times.flat())].sort((a, b) => a - b);
  const first = xs[0] ?? 0;
  const longest = xs.at(-1) ?? 0;
  const time = (seconds: number) => formatTime(seconds, longest);
  const raw = chart.series.map(({ run, values }) => {
    const at = new Map(times[run]?.map((x, i) => [x, values[i]]));
    return xs.map((x) => at.get(x));
  });
  const drawn = chart.stacked ? stack(raw) : raw;
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  const common = commonOptions(chart.scale, chart.series, chart.stacked);
  const options = {
    ...common,
    scales: { x: { time: false, range: (_, min, max) => [min <= first ? 0 : min, max] }, y: common.scales.y },
    axes: [
      {
        ...common.axes.x,
        incrs: [
          0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400, 604800,
        ],
        values: (_, splits) => splits.map(time),
      },
      common.axes.y,
    ],
    series: [
      { label: longest < 3600 ? 'time, m:ss' : 'time, h:mm:ss', value: (_, x) => (x === null ? '' : time(x)) },
      ...chart.series.map(({ label, color, dash }, i): uPlot.Series => {
        const ends = isolated(raw[i] ?? []);
        return {
          label,
          stroke: () => cssColor(color),
          width: chart.stacked ? 0 : 1.5,
          dash: [...dash],
          value: (_, __, ___, at) => formatValue(at === null ? null : raw[i]?.[at]),
          points: { show: false, filter: () => ends },
          // The first run is an area too: it is seen where another line covers its own.
          ...((chart.stacked || i === 0) && { fill: () => cssColor(color, chart.stacked ? '100%' : '16.5%') }),
          ...(chart.stacked && stepped && { paths: stepped }),
        };
      }),
    ],
    cursor: { ...common.cursor, sync: { key: 'time', scales: ['x', null], setSeries: false } },
  } satisfies Drawing[0];
  return [options, [xs, ...drawn]];
}

/** Each series upon those after it. */
function stack(series: readonly (readonly (number | null | undefined)[])[]): (number | undefined)[][] {
  let below: (number | undefined)[] = [];
  return series
    .toReversed()
    .map((values) => {
      below = values.map((value, i) => (typeof value === 'number' ? value + (below[i] ?? 0) : undefined));
      return below;
    })
    .reverse();
}

/** Where a value stands between nulls, so that no line leads to it: it is drawn as a point. */
function isolated(values: readonly (number | null | undefined)[]): number[] {
  const known = values.flatMap((value, i) => (value === undefined ? [] : [i]));
  const isNull = (at: number | undefined) => at === undefined || values[at] === null;
  return known.filter((at, i) => !isNull(at) && isNull(known[i - 1]) && isNull(known[i + 1]));
}

/** m:ss, or h:mm:ss if the longest time has hours. */
function formatTime(time: number, longest: number): string {
  const twoDigits = (value: number) => String(value).replace(/^\d(?!\d)/, '0$&');
  const ms = Math.round(time * 1000);
  const seconds = twoDigits((ms % 60_000) / 1000);
  const minutes = Math.floor(ms / 60_000);
  if (longest < 3600) return `${minutes}:${seconds}`;
  return `${Math.floor(minutes / 60)}:${twoDigits(minutes % 60)}:${seconds}`;
}
