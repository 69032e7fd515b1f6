/**
 * Knative's pod autoscaler, as a rival: so many workers that each has a target share of a request at work, on average
 * over a stable window of 60 s; or over a panic window of 6 s, if that asks for twice the workers that there are. In
 * panic, and for a stable window after it, the pool does not shrink.
 * https://github.com/knative/serving/blob/main/docs/scaling/SYSTEM.md
 */
import { LoadWindow } from '../estimates/load-window.ts';
import type { ModelScaling, ScalingPolicy, ScalingView } from './scaling.ts';

const STABLE_MS = 60_000;
const PANIC_MS = 6_000;
const PANIC_FACTOR = 2;
const EVERY_MS = 2_000;

/** `targetShare`: of a worker's time, 0 to 1; Knative's default is 0.7. */
export function concurrency(targetShare: number): ScalingPolicy {
  return { name: 'concurrency', forModel: () => new Concurrency(targetShare) };
}

class Concurrency implements ModelScaling {
  readonly everyMs = EVERY_MS;
  readonly #targetShare: number;
  readonly #load = new LoadWindow();
  #holdUntil = 0;
  /** What was decided since the load was last observed: further workers that start are no reason to decide anew. */
  #wanted: { readonly now: number; readonly workers: number } | null = null;

  constructor(targetShare: number) {
    this.#targetShare = targetShare;
  }

  observe(now: number, requests: number): void {
    this.#load.set(now, requests);
    this.#wanted = null;
  }

  startReason({ now, workers, waiting }: ScalingView): string | null {
    const wanted = Math.max(this.#size(now, workers), waiting > 0 ? 1 : 0);
    return wanted > workers ? `the load asked for ${wanted} workers, and there were ${workers}` : null;
  }

  stopReason({ now, workers }: ScalingView): string | null {
    const wanted = this.#size(now, workers);
    return workers > wanted ? `the load asked for ${wanted} workers` : null;
  }

  #size(now: number, workers: number): number {
    if (this.#wanted?.now !== now) this.#wanted = { now, workers: this.#decide(now, workers) };
    return this.#wanted.workers;
  }

  #decide(now: number, workers: number): number {
    const ask = (windowMs: number) => Math.ceil(this.#load.average(now, windowMs) / this.#targetShare - 1e-9);
    const [stable, panic] = [ask(STABLE_MS), ask(PANIC_MS)];
    const isPanic = panic >= PANIC_FACTOR * Math.max(1, workers);
    if (isPanic) this.#holdUntil = now + STABLE_MS;
    return now < this.#holdUntil ? Math.max(isPanic ? panic : stable, workers) : stable;
  }
}
