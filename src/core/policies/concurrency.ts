/**
 * Knative's pod autoscaler, as a rival: so many workers that each has a target share of a request at work, on average
 * over a stable window of 60 s; or over a panic window of 6 s, if that asks for twice the workers that there are. In
 * panic, and for a stable window after it, the pool does not shrink.
 * https://github.com/knative/serving/blob/main/docs/scaling/SYSTEM.md
 */
import type { ScalingPolicy } from './scaling.ts';

const STABLE_MS = 60_000;
const PANIC_MS = 6_000;
const PANIC_FACTOR = 2;
const EVERY_MS = 2_000;

/** `targetShare`: of a worker's time, 0 to 1; Knative's default is 0.7. */
export function concurrency(targetShare: number): ScalingPolicy {
  return {
    kind: 'size',
    name: 'concurrency',
    everyMs: EVERY_MS,
    size: ({ workers, averageLoad }) => {
      const stable = Math.ceil(averageLoad(STABLE_MS) / targetShare - 1e-9);
      const panic = Math.ceil(averageLoad(PANIC_MS) / targetShare - 1e-9);
      const inPanic = panic >= PANIC_FACTOR * Math.max(1, workers);
      return inPanic ? { workers: panic, holdMs: STABLE_MS } : { workers: stable, holdMs: 0 };
    },
  };
}
