/** What can be had for what: points of two figures, one line per way of getting there. */
import type { Frontier, FrontierData } from '../../web/report/page-data.ts';
import { runColor } from './charts.ts';
import { logarithmic } from './scale.ts';

export interface FrontierChart {
  readonly title: string;
  /** With units, `worker-seconds` for one. */
  readonly xLabel: string;
  readonly yLabel: string;
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
