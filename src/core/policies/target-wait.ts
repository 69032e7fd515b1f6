/**
 * Start a worker when the last request that waits would do so for longer than a target, by more than what the start itself would
 * add: for as long as it lasts, it slows the others down. Workers in start-up count as capacity, so a burst starts no more than it
 * needs; and no more than requests wait, for a further one would help nobody of them.
 */
import type { ScalingPolicy, ScalingView } from './scaling.ts';

/** `targetMs`: null for a quarter of a service time of the model. */
export function targetWait(targetMs: number | null): ScalingPolicy {
  const startReason = (view: ScalingView) => {
    if (view.starting >= view.waiting) return null;
    const { predictedWaitMs, serviceMs, coldStartMs, startSlowdown } = view;
    if (predictedWaitMs === Number.POSITIVE_INFINITY) return 'the model had no worker';
    const target = targetMs ?? serviceMs / 4;
    const priceMs = startSlowdown * Math.min(predictedWaitMs, coldStartMs);
    if (predictedWaitMs - priceMs <= target) return null;
    return `the predicted wait of ${predictedWaitMs.toFixed(1)} ms exceeded the target of ${target.toFixed(1)} ms`;
  };
  return { name: 'target-wait', forModel: () => ({ startReason, warmsAhead: true }) };
}
