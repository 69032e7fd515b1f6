/** When is one more on-demand worker worth its start? Binding is none of these policies' business. */
import type { ScalingPolicy } from '../types.ts';

/**
 * Start a worker when the last queued request would wait longer than the target, `targetMs` or, if that is null, one
 * service time of its model. Workers in start-up count as capacity, so a burst starts no more than it needs.
 */
export function targetWait(targetMs: number | null): ScalingPolicy {
  return ({ predictedWaitMs, serviceMs }) => {
    const target = targetMs ?? serviceMs;
    if (predictedWaitMs <= target) return null;
    if (predictedWaitMs === Number.POSITIVE_INFINITY) return 'the model had no worker';
    return `the predicted wait of ${predictedWaitMs.toFixed(1)} ms exceeded the target of ${target.toFixed(1)} ms`;
  };
}

/** A fixed pool: the reserved workers and no other. */
export const never: ScalingPolicy = () => null;
