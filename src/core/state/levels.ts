/**
 * The levels of a model's need for on-demand workers: level k, from 1, is in use while k or more
 * on-demand workers are busy, or starting because they are needed. Because the worker that was used last is used first, the idle workers fill
 * the levels in the order of their last use. Each level knows when it was last used and how long it stays unused.
 */
import { GapHistogram } from '../estimates/gaps.ts';
import type { KeepAlivePolicy, WarmWindow } from '../policies/keep-alive.ts';

interface Level {
  readonly gaps: GapHistogram;
  unusedSince: number;
  window: WarmWindow;
  /** Gaps since the window was computed. */
  newGaps: number;
}

/** The window is computed anew when so large a share of the gaps is new. */
const NEWS = 1 / 16;

const NO_GAPS = new GapHistogram();

export class Levels {
  readonly #policy: KeepAlivePolicy;
  readonly #levels: Level[] = [];
  /** Of a level that was never used. */
  #firstWindow: WarmWindow;
  #used = 0;
  /** What the windows were computed with, in ms. */
  #coldStartMs = 0;

  constructor(policy: KeepAlivePolicy) {
    this.#policy = policy;
    this.#firstWindow = this.#windowOf(NO_GAPS);
  }

  /** So many levels are in use from now on. */
  observe(now: number, used: number, coldStartMs: number): void {
    if (coldStartMs !== this.#coldStartMs) this.#recompute(coldStartMs);
    for (; this.#used > used; this.#used--) (this.#levels[this.#used - 1] as Level).unusedSince = now;
    for (; this.#used < used; this.#used++) {
      const level = this.#levels[this.#used];
      if (level) this.#add(level, now - level.unusedSince);
      else this.#levels.push(this.#open(now));
    }
  }

  #recompute(coldStartMs: number): void {
    this.#coldStartMs = coldStartMs;
    for (const level of this.#levels) level.window = this.#windowOf(level.gaps);
    this.#firstWindow = this.#windowOf(NO_GAPS);
  }

  #windowOf(gaps: GapHistogram): WarmWindow {
    return this.#policy.window({ gaps, coldStartMs: this.#coldStartMs });
  }

  #open(now: number): Level {
    const gaps = new GapHistogram();
    return { gaps, unusedSince: now, window: this.#firstWindow, newGaps: 0 };
  }

  #add(level: Level, gapMs: number): void {
    const { gaps } = level;
    gaps.add(gapMs);
    level.newGaps++;
    if (level.newGaps < NEWS * gaps.total) return;
    level.window = this.#windowOf(gaps);
    level.newGaps = 0;
  }

  /** When level `k`, from 1, fell idle; null if it is in use or never was. */
  unusedSince(k: number): number | null {
    return k > this.#used ? (this.#levels[k - 1]?.unusedSince ?? null) : null;
  }

  /** When level `k` is to be warm after it fell idle. */
  window(k: number): WarmWindow {
    return this.#levels[k - 1]?.window ?? this.#firstWindow;
  }
}
