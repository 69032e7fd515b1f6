/**
 * When are on-demand workers started? Three kinds of answers, for the mechanism in `rules/scaling.ts`:
 *   wait    one more while there is a reason for it; requests meet their workers late; idle workers leave by keep-alive
 *   size    so many workers in all, up and down; requests meet their workers late
 *   spill   one for each request that finds no idle worker, and the request is bound to it; leave by keep-alive
 */

export type ScalingPolicy = WaitPolicy | SizePolicy | SpillPolicy;

interface WaitPolicy {
  readonly kind: 'wait';
  readonly name: string;
  /** Why one more on-demand worker is worth its start, or null if it is not. */
  readonly reason: (view: WaitView) => string | null;
}

interface SizePolicy {
  readonly kind: 'size';
  readonly name: string;
  /** How often it must be asked at least, in ms. */
  readonly everyMs: number;
  /** How many workers there should be, and for how long from now on there should not be fewer than there are, in ms. */
  readonly size: (view: SizeView) => { readonly workers: number; readonly holdMs: number };
}

interface SpillPolicy {
  readonly kind: 'spill';
  readonly name: string;
}

interface WaitView {
  /** Predicted wait of the last queued request, in ms, workers in start-up counted as capacity. `Infinity` without any. */
  readonly predictedWaitMs: number;
  readonly serviceMs: number;
  readonly coldStartMs: number;
  /** How much slower busy workers get while another one starts: 0.2 is 20 %. */
  readonly startSlowdown: number;
}

interface SizeView {
  /** Workers that are warm or starting. */
  readonly workers: number;
  /** Mean number of requests, running and waiting, over the last so many ms. */
  readonly averageLoad: (windowMs: number) => number;
}

/**
 * Start a worker when the last queued request would wait longer than the target, `targetMs` or, if that is null, a
 * quarter of a service time of its model, by more than what the start itself would add: for as long as it lasts, it
 * slows the others down. Workers in start-up count as capacity, so a burst starts no more than it needs.
 */
export function targetWait(targetMs: number | null): ScalingPolicy {
  return {
    kind: 'wait',
    name: 'target-wait',
    reason: ({ predictedWaitMs, serviceMs, coldStartMs, startSlowdown }) => {
      if (predictedWaitMs === Number.POSITIVE_INFINITY) return 'the model had no worker';
      const target = targetMs ?? serviceMs / 4;
      const priceMs = startSlowdown * Math.min(predictedWaitMs, coldStartMs);
      if (predictedWaitMs - priceMs <= target) return null;
      return `the predicted wait of ${predictedWaitMs.toFixed(1)} ms exceeded the target of ${target.toFixed(1)} ms`;
    },
  };
}

/** A fixed pool: the reserved workers and no other. */
export const never: ScalingPolicy = { kind: 'wait', name: 'never', reason: () => null };

/** What the clouds do: a request that finds no idle worker waits out the cold start of one of its own. */
export const spill: ScalingPolicy = { kind: 'spill', name: 'spill' };
