import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LoadWindow } from '../../../src/core/estimates/load-window.ts';

interface Change {
  readonly at: number;
  readonly level: number;
}

/** Mean level from `from` to `to`, added up span by span. */
function integrate(changes: readonly Change[], from: number, to: number): number {
  const spans = changes.map(({ at, level }, i) => {
    const until = Math.min(to, changes[i + 1]?.at ?? to);
    return Math.max(0, until - Math.max(from, at)) * level;
  });
  return spans.reduce((sum, part) => sum + part, 0) / (to - from);
}

const changes = fc
  .array(fc.record({ afterMs: fc.nat(9_000), level: fc.nat(20) }), { minLength: 1, maxLength: 40, size: 'max' })
  .map((steps) => {
    let at = 0;
    return steps.map(({ afterMs, level }) => {
      at += afterMs;
      return { at, level };
    });
  });
const startAt = fc.constantFrom(0, 500, 1_000, 123_456_789);

describe('LoadWindow', () => {
  it('agrees with integration over the whole seconds of the window and the one that has begun', () => {
    const property = fc.property(changes, startAt, fc.nat(30_000), fc.nat(1_000), (steps, startAt, afterMs, part) => {
      const window = new LoadWindow();
      const shifted = steps.map(({ at, level }) => ({ at: startAt + at, level }));
      for (const { at, level } of shifted) window.set(at, level);
      const first = shifted[0]?.at ?? startAt;
      const now = (shifted.at(-1)?.at ?? startAt) + afterMs + part / 1_000;
      for (const seconds of [1, 6, 60]) {
        const from = Math.max(first, (Math.ceil(now / 1_000) - seconds) * 1_000);
        if (now === from) continue;
        expect(window.average(now, seconds * 1_000)).toBeCloseTo(integrate(shifted, from, now), 6);
      }
    });
    fc.assert(property, { numRuns: 400 });
  });

  it('counts nothing of a minute ago at the full second', () => {
    const window = new LoadWindow();
    window.set(0, 10);
    window.set(1_000, 0);
    expect(window.average(60_000, 6_000)).toBe(0);
    expect(window.average(60_000, 60_000)).toBeCloseTo(10 / 60, 9);
    expect(window.average(61_000, 60_000)).toBe(0);
  });

  it('is the level of one request while one is there, however long', () => {
    const window = new LoadWindow();
    window.set(0, 1);
    for (const now of [500, 1_000, 59_999, 60_000, 60_001, 1e6, 1e6 + 0.5]) {
      expect([now, window.average(now, 60_000)]).toEqual([now, 1]);
      expect([now, window.average(now, 6_000)]).toEqual([now, 1]);
    }
  });

  it('begins with the first request, not with the clock', () => {
    const window = new LoadWindow();
    window.set(1e6, 4);
    expect(window.average(1e6 + 2_000, 60_000)).toBe(4);
  });

  it('is empty before the first request, and as high as it at its arrival', () => {
    const window = new LoadWindow();
    expect(window.average(100, 6_000)).toBe(0);
    window.set(100, 3);
    expect(window.average(100, 6_000)).toBe(3);
  });

  it('forgets a silent day', () => {
    const window = new LoadWindow();
    window.set(0, 50);
    window.set(30_000, 0);
    expect(window.average(86_400_000, 60_000)).toBe(0);
  });
});
