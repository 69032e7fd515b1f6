import { describe, expect, it } from 'vitest';
import type { GapView, KeepAlivePolicy } from '../../../src/core/policies/keep-alive.ts';
import { Levels } from '../../../src/core/state/levels.ts';

/** Says for each place how many gaps it knows, and what it was computed with. */
function spy(): { policy: KeepAlivePolicy; views: GapView[] } {
  const views: GapView[] = [];
  const window = (view: GapView) => {
    views.push(view);
    return { fromMs: 0, untilMs: view.gaps.total + view.coldStartMs / 1_000 };
  };
  return { policy: { name: 'spy', window }, views };
}

describe('the places of a model', () => {
  it('are used from the first on, and know since when they are not', () => {
    const levels = new Levels(spy().policy);
    levels.observe(100, 3, 50);
    expect([1, 2, 3, 4].map((k) => levels.unusedSince(k))).toEqual([null, null, null, null]);
    levels.observe(200, 1, 50);
    levels.observe(300, 0, 50);
    expect([1, 2, 3, 4].map((k) => levels.unusedSince(k))).toEqual([300, 200, 200, null]);
    levels.observe(400, 2, 50);
    expect([1, 2, 3].map((k) => levels.unusedSince(k))).toEqual([null, null, 200]);
  });

  it('have each its own gaps', () => {
    const levels = new Levels(spy().policy);
    for (let i = 0; i < 8; i++) {
      levels.observe(i * 1_000, i % 4 === 0 ? 2 : 1, 0);
      levels.observe(i * 1_000 + 100, 0, 0);
    }
    // Place 1 was used 8 times, place 2 twice.
    expect([1, 2, 3].map((k) => levels.window(k).untilMs)).toEqual([7, 1, 0]);
  });

  it('measure a gap from the last use to the next', () => {
    const { policy, views } = spy();
    const levels = new Levels(policy);
    levels.observe(0, 1, 0);
    levels.observe(500, 0, 0);
    levels.observe(1_500, 1, 0);
    const gap = views.at(-1)?.gaps.quantile(1) ?? Number.NaN;
    expect(gap).toBeGreaterThanOrEqual(1_000);
    expect(gap).toBeLessThan(1_060);
  });

  it('have their windows computed with the cold start as it was measured last', () => {
    const levels = new Levels(spy().policy);
    levels.observe(0, 1, 300);
    levels.observe(10, 0, 300);
    expect(levels.window(1).untilMs).toBeCloseTo(0.3, 9);
    levels.observe(20, 0, 5_000);
    expect([1, 2].map((k) => levels.window(k).untilMs)).toEqual([5, 5]);
  });

  it('have their windows computed anew when enough of the gaps is new, not with each', () => {
    const { policy, views } = spy();
    const levels = new Levels(policy);
    const uses = 400;
    for (let i = 0; i < uses; i++) {
      levels.observe(i * 1_000, 1, 0);
      levels.observe(i * 1_000 + 500, 0, 0);
    }
    expect(levels.window(1).untilMs).toBeGreaterThan((uses - 1) * (1 - 1 / 16) - 1);
    expect(views.length).toBeLessThan(uses / 3);
  });
});
