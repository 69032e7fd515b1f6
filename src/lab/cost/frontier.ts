/** Which of many measured configurations are worth a look, and which of them to take. */

/** How to read a point. Less is better for both. */
export interface Axes<T> {
  readonly cost: (point: T) => number;
  readonly p99Ms: (point: T) => number;
}

/** The points for which no other is as good on both axes and better on one: the Pareto frontier, cheapest first. */
export function paretoFrontier<T>(points: readonly T[], axes: Axes<T>): T[] {
  return points
    .filter((point) => !points.some((other) => dominates(other, point, axes)))
    .sort((a, b) => axes.cost(a) - axes.cost(b));
}

/** The cheapest point whose p99 is within the SLO, of equally cheap ones the fastest; null if none is. */
export function recommend<T>(points: readonly T[], axes: Axes<T>, sloMs: number): T | null {
  const within = points.filter((point) => axes.p99Ms(point) <= sloMs);
  return paretoFrontier(within, axes)[0] ?? null;
}

function dominates<T>(a: T, b: T, { cost, p99Ms }: Axes<T>): boolean {
  const asGood = cost(a) <= cost(b) && p99Ms(a) <= p99Ms(b);
  return asGood && (cost(a) < cost(b) || p99Ms(a) < p99Ms(b));
}
