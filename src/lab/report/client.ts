/**
 * The script of the page: draws the charts of the page's data. The browser gets the text of the functions below, so they
 * use nothing but each other, uPlot and what is declared here of the browser.
 */
import type UPlot from 'uplot';
import type { Chart, Series } from './charts.ts';
import type { FrontierData } from './frontier.ts';
import type { Scale } from './scale.ts';

export interface PageData {
  /** Of each run's samples, in seconds from the start. */
  readonly times: readonly (readonly number[])[];
  readonly charts: readonly Chart[];
  readonly frontier: FrontierData | null;
}

type Box = UPlot['root'];
type Look = Pick<Series, 'color' | 'dash'>;
/** The width is the page's. */
type Drawing = [options: Omit<UPlot.Options, 'width'>, data: UPlot.AlignedData];
declare const uPlot: typeof UPlot;
declare const document: { readonly documentElement: Box; querySelector(selector: string): Box | null };
declare const getComputedStyle: (element: Box) => { getPropertyValue(name: string): string };
declare const matchMedia: (query: string) => { addEventListener(type: 'change', listener: () => void): void };
declare const ResizeObserver: new (onResize: () => void) => { observe(element: Box): void };

function drawCharts(): void {
  const data = JSON.parse(document.querySelector('#data')?.textContent ?? '') as PageData;
  const plots = data.charts.map((chart, i) => draw(`#chart-${i}`, timeChart(data, chart)));
  if (data.frontier) plots.push(draw('#frontier', frontierChart(data.frontier)));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    for (const plot of plots) plot.redraw(false);
  });
}

/** As wide as the box is, whatever happens to it. */
function draw(selector: string, [options, data]: Drawing): UPlot {
  const box = document.querySelector(selector) as Box;
  const plot = new uPlot({ ...options, width: box.clientWidth }, data, box);
  new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: options.height })).observe(box);
  return plot;
}

function timeChart({ times }: PageData, chart: Chart): Drawing {
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
      ...chart.series.map(({ label, color, dash }, i): UPlot.Series => {
        const ends = isolated(raw[i] ?? []);
        return {
          label,
          stroke: () => cssColor(color),
          width: chart.stacked ? 0 : 1.5,
          dash: [...dash],
          value: (_, __, ___, at) => formatValue(at === null ? null : raw[i]?.[at]),
          points: { show: false, filter: () => ends },
          // The first run is an area too: it is seen where another line covers its own.
          ...((chart.stacked || i === 0) && { fill: () => cssColor(color) + (chart.stacked ? '' : '2a') }),
          ...(chart.stacked && stepped && { paths: stepped }),
        };
      }),
    ],
    cursor: { ...common.cursor, sync: { key: 'time', scales: ['x', null], setSeries: false } },
  } satisfies Drawing[0];
  return [options, [xs, ...drawn]];
}

function frontierChart({ xLabel, yLabel, y, frontiers }: FrontierData): Drawing {
  const points = frontiers.flatMap(({ points }, frontier) => points.map((point) => ({ ...point, frontier })));
  points.sort((a, b) => a.x - b.x);
  const common = commonOptions(y, frontiers, false);
  const label = { labelSize: 18, labelFont: common.axes.x.font, labelGap: 0 };
  const options = {
    ...common,
    height: 360,
    scales: { x: { time: false, range: (_, min, max) => uPlot.rangeNum(min, max, 0.1, true) }, y: common.scales.y },
    axes: [
      { ...common.axes.x, ...label, label: xLabel, values: (_, splits) => splits.map(formatValue) },
      { ...common.axes.y, ...label, label: yLabel },
    ],
    series: [
      { label: xLabel, value: (_, x) => formatValue(x) },
      ...frontiers.map(
        ({ name, color, dash }): UPlot.Series => ({
          label: name,
          stroke: () => cssColor(color),
          width: 1.5,
          dash: [...dash],
          value: (_, value, __, at) =>
            typeof value !== 'number' ? '' : `${points[at ?? 0]?.label} · ${formatValue(value)}`,
          points: { show: true, size: 8, width: 0, fill: () => cssColor(color) },
        }),
      ),
    ],
    // The one point next to the cursor, not that of each line.
    cursor: { ...common.cursor, dataIdx: (_, __, closest) => closest },
    hooks: { draw: [(plot) => drawPointLabels(plot, points)] },
  } satisfies Drawing[0];
  const values = frontiers.map((_, i) => points.map(({ y, frontier }) => (frontier === i ? y : undefined)));
  return [options, [points.map(({ x }) => x), ...values]];
}

/** What all charts have in common. Canvas colours are read as they are drawn: they change with the colour scheme. */
function commonOptions(y: Scale, looks: readonly Look[], filled: boolean) {
  const axis = {
    stroke: () => cssColor('--muted'),
    font: '12px system-ui, sans-serif',
    grid: { stroke: () => cssColor('--line'), width: 1 },
    ticks: { stroke: () => cssColor('--line'), width: 1, size: 5 },
  };
  const wholeSteps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 1e7, 1e8];
  const lookOf = (series: number) => looks[series - 1] as Look;
  const color = (_: UPlot, series: number) => `var(${lookOf(series).color})`;
  const dash = (_: UPlot, series: number) => (lookOf(series).dash.length > 0 ? 'dashed' : 'solid');
  return {
    height: 230,
    padding: [10, 24, 0, 0] as UPlot.Padding,
    scales: { y: { distr: y.kind === 'log' ? 3 : 1, range: [...y.range] as UPlot.Range.MinMax } },
    axes: {
      x: { ...axis, space: 64, size: 34 },
      y: {
        ...axis,
        size: 56,
        values: (_: UPlot, splits: number[]) => splits.map(formatValue),
        ...(y.whole && { incrs: wholeSteps }),
        ...(y.kind === 'log' && {
          splits: () => roundNumbers(y.range),
          filter: (_: UPlot, splits: number[]) => splits,
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

function drawPointLabels(plot: UPlot, points: readonly { x: number; y: number; label: string }[]): void {
  const { ctx, bbox } = plot;
  const height = 13 * uPlot.pxRatio;
  const taken: { left: number; right: number; top: number }[] = [];
  ctx.save();
  ctx.fillStyle = cssColor('--ink');
  ctx.font = `${11 * uPlot.pxRatio}px system-ui, sans-serif`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'top';
  for (const { x, y, label } of points) {
    const width = ctx.measureText(label).width;
    const beside = plot.valToPos(x, 'x', true) + 7 * uPlot.pxRatio;
    const left = Math.min(beside, bbox.left + bbox.width - width);
    const top = plot.valToPos(y, 'y', true) - height;
    const box = { left, right: left + width, top };
    // A label that has no room is left out: the legend has it as the cursor comes near.
    const clash = taken.some((other) => {
      return box.left < other.right && other.left < box.right && Math.abs(box.top - other.top) < height;
    });
    if (clash) continue;
    drawText(ctx, label, left, top);
    taken.push(box);
  }
  ctx.restore();
}

/** With a rim, so that it can be read on lines and areas. */
function drawText(ctx: UPlot['ctx'], text: string, left: number, top: number): void {
  ctx.save();
  ctx.setLineDash([]);
  ctx.strokeStyle = cssColor('--surface');
  ctx.lineWidth = 3 * uPlot.pxRatio;
  ctx.lineJoin = 'round';
  ctx.strokeText(text, left, top);
  ctx.fillText(text, left, top);
  ctx.restore();
}

function cssColor(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name);
}

/** As in the table: three digits, or all those before the point. */
function formatValue(value: number | null | undefined): string {
  if (value === null || value === undefined) return '';
  const digits = Math.abs(value) < 99.95 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 };
  return value.toLocaleString('en-US', digits);
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

const FUNCTIONS = [
  drawCharts,
  draw,
  timeChart,
  frontierChart,
  commonOptions,
  roundNumbers,
  stack,
  isolated,
  drawPointLabels,
  drawText,
  cssColor,
  formatValue,
  formatTime,
];

/** Some compilers wrap functions into a call of `__name`, which they define outside of them. */
export const CLIENT_SCRIPT = `const __name = (value) => value;
${FUNCTIONS.map(String).join('\n')}
drawCharts();`;
