/** The policies by the names that users have for them. */
import { describe, expect, it } from 'vitest';
import { GapHistogram } from '../../src/core/estimates/gaps.ts';
import type { WarmWindow } from '../../src/core/policies/keep-alive.ts';
import { KEEP_ALIVE_FORMS, POLICY_NAMES, parseKeepAlive, scalingPolicy } from '../../src/settings/policies.ts';

const DEFAULTS = { targetWait: null, targetShare: 0.7 };

/** What a keep-alive says of a place that nothing is known of yet. */
function windowOf(text: string, coldStartMs = 1_000): WarmWindow {
  return parseKeepAlive(text).window({ gaps: new GapHistogram(), coldStartMs });
}

describe('a keep-alive', () => {
  it.each([
    ['fixed:60s', 60_000],
    ['fixed:500ms', 500],
    ['fixed:2m', 120_000],
    ['fixed:1.5s', 1_500],
    ['fixed:0s', 0],
  ])('%s is always %d ms, from the first moment on', (text, untilMs) => {
    expect(windowOf(text)).toEqual({ fromMs: 0, untilMs });
    expect(windowOf(text, 99_999)).toEqual({ fromMs: 0, untilMs });
  });

  it('histogram is a minute until enough is known', () => {
    expect(windowOf('histogram')).toEqual({ fromMs: 0, untilMs: 60_000 });
  });

  it('histogram then goes by the gaps', () => {
    const gaps = new GapHistogram();
    for (let i = 0; i < 20; i++) gaps.add(5_000);
    const { untilMs } = parseKeepAlive('histogram').window({ gaps, coldStartMs: 1_000 });
    expect(untilMs).toBeGreaterThan(5_000);
    expect(untilMs).toBeLessThan(8_000);
  });

  it.each([
    ['cost', 2_000],
    ['cost:1', 1_000],
    ['cost:0', 0],
    ['cost:0.5', 500],
  ])('%s is a multiple of the cold start until enough is known: %d ms for one of 1 s', (text, untilMs) => {
    expect(windowOf(text)).toEqual({ fromMs: 0, untilMs });
  });

  it.each([
    '60s',
    '60',
    'fixed',
    'fixed:',
    'fixed:60',
    'fixed:-1s',
    'fixed:1h',
    'fixed:1e3s',
    'fixed:1 s',
    'fixed:1s ',
    'fixed:.5s',
    'FIXED:1s',
    'histogram:60s',
    'histograms',
    'cost:',
    'cost:-1',
    'cost:two',
    'costs',
    '',
    'constructor',
  ])('is not %j: the error says what would be right', (text) => {
    expect(() => parseKeepAlive(text)).toThrow(SyntaxError);
    expect(() => parseKeepAlive(text)).toThrow(`one of ${KEEP_ALIVE_FORMS}`);
  });

  it('has examples in its own help that it takes', () => {
    const examples = KEEP_ALIVE_FORMS.match(/fixed:\d+m?s|histogram|cost(?!:)/g);
    expect(examples).toEqual(['fixed:60s', 'fixed:500ms', 'histogram', 'cost']);
    for (const example of examples ?? []) expect(() => parseKeepAlive(example)).not.toThrow();
  });

  it('remembers nothing from one pool to the next', () => {
    expect(parseKeepAlive('histogram')).not.toBe(parseKeepAlive('histogram'));
  });
});

const VIEW = {
  ...{ now: 0, waiting: 1, workers: 1, idle: 0, starting: 0 },
  ...{ predictedWaitMs: 0, serviceMs: 1, coldStartMs: 1_000, startSlowdown: 0 },
};

describe('a scaling policy', () => {
  it.each(POLICY_NAMES)('by the name %s says that name of itself', (name) => {
    expect(scalingPolicy(name, DEFAULTS).name).toBe(name);
  });

  it('target-wait starts a worker above the target that it is given, by default a share of a service time', () => {
    const reason = (targetWait: number | null, predictedWaitMs: number, serviceMs = 100) => {
      const { startReason } = scalingPolicy('target-wait', { ...DEFAULTS, targetWait }).forModel();
      return startReason({ ...VIEW, predictedWaitMs, serviceMs });
    };
    expect(reason(200, 200)).toBeNull();
    expect(reason(200, 201)).toContain('201.0 ms exceeded the target of 200.0 ms');
    expect(reason(null, 100)).toContain('100.0 ms exceeded the target of ');
    expect(reason(null, 100, 10_000)).toBeNull();
  });

  it('concurrency wants so many workers that each has the share that it is given', () => {
    const size = (targetShare: number, load: number) => {
      const model = scalingPolicy('concurrency', { ...DEFAULTS, targetShare }).forModel();
      model.observe?.(0, load);
      model.observe?.(60_000, load);
      let workers = 8;
      while (model.stopReason?.({ ...VIEW, now: 60_000, workers }) != null) workers--;
      return workers;
    };
    expect([size(0.5, 3), size(0.75, 3), size(1, 3)]).toEqual([6, 4, 3]);
  });

  it('never starts none, spill binds early', () => {
    const never = scalingPolicy('never', DEFAULTS).forModel();
    expect(never.startReason({ ...VIEW, predictedWaitMs: 1e9 })).toBeNull();
    expect(scalingPolicy('spill', DEFAULTS).forModel().bindsToStart).toBe(true);
  });
});
