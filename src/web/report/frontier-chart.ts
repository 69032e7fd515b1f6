// What can be had for what: points of two figures, a line for each way of getting there.
import uPlot from 'uplot';
import { commonOptions, cssColor, type Drawing, formatValue } from './common.ts';
import type { FrontierData } from './page-data.ts';

export function frontierChart({ xLabel, yLabel, y, frontiers }: FrontierData): Drawing {
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
        ({ name, color, dash }): uPlot.Series => ({
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

function drawPointLabels(plot: uPlot, points: readonly { x: number; y: number; label: string }[]): void {
  const { ctx, bbox } = plot;
  const height = 13 * uPlot.pxRatio;
  const taken: { left: number; right: number; top: number }[] = [];
  ctx.save();
  ctx.fillStyle = cssColor('--ink');
  ctx.font = `${11 * uPlot.pxRatio}px system-ui, sans-serif`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'top';
  // With a rim, so that it can be read on lines and areas.
  ctx.setLineDash([]);
  ctx.strokeStyle = cssColor('--surface');
  ctx.lineWidth = 3 * uPlot.pxRatio;
  ctx.lineJoin = 'round';
  for (const { x, y, label } of points) {
    const width = ctx.measureText(label).width;
    const beside = plot.valToPos(x, 'x', true) + 7 * uPlot.pxRatio;
    const left = Math.min(beside, bbox.left + bbox.width - width);
    const top = plot.valToPos(y, 'y', true) - height;
    const right = left + width;
    // A label that has no room is left out: the legend has it as the cursor comes near.
    const isNear = (other: { top: number }) => Math.abs(top - other.top) < height;
    if (taken.some((other) => left < other.right && other.left < right && isNear(other))) continue;
    ctx.strokeText(label, left, top);
    ctx.fillText(label, left, top);
    taken.push({ left, right, top });
  }
  ctx.restore();
}
