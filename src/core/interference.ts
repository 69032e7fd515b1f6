/**
 * What a start does to busy workers, learned from the work itself: dispatches during which no worker started say how long
 * they take by themselves, the others how much longer they take beside a start.
 */
import { Estimate, ServiceTime } from './estimate.ts';

/** A start cannot be blamed for more than this: what is slower by more is slow for another reason. */
const MOST = 1;

export class MeasuredService {
  readonly time: ServiceTime;
  readonly #stretch = new Estimate(1);

  constructor(assumedMs: number) {
    this.time = new ServiceTime(assumedMs);
  }

  add(size: number, ms: number, besideStart: boolean): void {
    const expected = this.time.of(size);
    if (!besideStart || !this.time.measured) this.time.add(size, ms);
    else if (expected > 0) this.#stretch.add(ms / expected);
  }

  /** δ: how much slower a worker is beside a start; 0.2 is 20 %. From 0 to 1. */
  get startSlowdown(): number {
    return Math.min(MOST, Math.max(0, this.#stretch.value - 1));
  }
}
