import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Axes, paretoFrontier, recommend } from '../../../src/lab/cost/frontier.ts';

interface Point {
  readonly yuan: number;
  readonly p99: number;
}

const AXES: Axes<Point> = { cost: ({ yuan }) => yuan, p99Ms: ({ p99 }) => p99 };

// Few values, so that ties and equal points are frequent.
const points = fc.array(
  fc.record({ yuan: fc.nat(9), p99: fc.oneof(fc.nat(9), fc.constant(Number.POSITIVE_INFINITY)) }),
);

function dominates(a: Point, b: Point): boolean {
  return a.yuan <= b.yuan && a.p99 <= b.p99 && !(a.yuan === b.yuan && a.p99 === b.p99);
}

describe('paretoFrontier', () => {
  it('has no point that any other dominates', () => {
    const property = fc.property(points, (all) => {
      for (const point of paretoFrontier(all, AXES)) expect(all.some((other) => dominates(other, point))).toBe(false);
    });
    fc.assert(property);
  });

  it('dominates every point that it leaves out', () => {
    const property = fc.property(points, (all) => {
      const frontier = paretoFrontier(all, AXES);
      const others = all.filter((point) => !frontier.includes(point));
      for (const other of others) expect(frontier.some((point) => dominates(point, other))).toBe(true);
    });
    fc.assert(property);
  });

  it('grows faster as it grows dearer', () => {
    const property = fc.property(points, (all) => {
      const frontier = paretoFrontier(all, AXES);
      expect(frontier).toEqual([...frontier].sort((a, b) => a.yuan - b.yuan || a.p99 - b.p99));
      expect(frontier).toEqual([...frontier].sort((a, b) => b.p99 - a.p99));
    });
    fc.assert(property);
  });

  it('keeps two configurations that measure the same', () => {
    const [a, b] = [
      { yuan: 5, p99: 40 },
      { yuan: 5, p99: 40 },
    ];
    expect(paretoFrontier([a, b], AXES)).toEqual([a, b]);
  });

  it('of nothing is nothing', () => {
    expect(paretoFrontier([], AXES)).toEqual([]);
  });
});

describe('recommend', () => {
  const cheap = { yuan: 100, p99: 900 };
  const fit = { yuan: 200, p99: 250 };
  const fitter = { yuan: 200, p99: 200 };
  const fast = { yuan: 700, p99: 40 };
  const all = [fast, cheap, fit, fitter];

  it('is the cheapest that meets the SLO, and the faster of two that cost the same', () => {
    expect(recommend(all, AXES, 300)).toBe(fitter);
  });

  it('counts a p99 of exactly the SLO as met', () => {
    expect(recommend(all, AXES, 900)).toBe(cheap);
  });

  it('is null if nothing meets the SLO', () => {
    expect(recommend(all, AXES, 39)).toBeNull();
    expect(recommend([], AXES, 1_000)).toBeNull();
  });

  it('is on the frontier, and no cheaper point meets the SLO', () => {
    const property = fc.property(points, fc.nat(9), (some, sloMs) => {
      const choice = recommend(some, AXES, sloMs);
      const meeting = some.filter(({ p99 }) => p99 <= sloMs);
      expect(choice === null).toBe(meeting.length === 0);
      if (choice === null) return;
      expect(choice.p99).toBeLessThanOrEqual(sloMs);
      expect(paretoFrontier(some, AXES)).toContain(choice);
      expect(choice.yuan).toBe(Math.min(...meeting.map(({ yuan }) => yuan)));
    });
    fc.assert(property);
  });
});
