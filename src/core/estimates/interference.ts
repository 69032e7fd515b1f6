/**
 * What a start does to busy workers, learned from the work itself: dispatches during which no worker started say how long
 * they take by themselves, the others how much longer they take beside a start.
 */
import { ServiceTime } from './service-time.ts';

/** One slow dispatch says little: a sample moves the estimate by this share of the difference, also the first one. */
const WEIGHT = 0.1;
/** Without starts it fades: nothing that was once blamed on a start keeps others from being tried for ever. */
const FADING = 0.01;
/** A start cannot be blamed for more than this: what is slower by more is slow for another reason. */
const MOST = 0.5;

export class MeasuredService {
  readonly time: ServiceTime;
  #slowdown = 0;

  constructor(assumedMs: number) {
    this.time = new ServiceTime(assumedMs);
  }

  add(size: number, ms: number, besideStart: boolean): void {
    if (!besideStart || !this.time.measured) {
      this.time.add(size, ms);
      this.#slowdown -= FADING * this.#slowdown;
      return;
    }
    const sample = ms / Math.max(0.001, this.time.of(size)) - 1;
    this.#slowdown += WEIGHT * (Math.min(MOST, Math.max(0, sample)) - this.#slowdown);
    // As long as something always starts, these are the only ones to learn from.
    this.time.add(size, ms / (1 + this.#slowdown));
  }

  /** δ: how much slower a worker is beside a start; 0.2 is 20 %. From 0 to 0.5. */
  get startSlowdown(): number {
    return this.#slowdown;
  }
}
