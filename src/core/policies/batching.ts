/** How many waiting requests one dispatch takes. */
import type { Priority } from '../contracts/types.ts';

/** For so long after an interactive request others are expected to come, in ms. */
export const HURRY_MS = 10_000;

/** Most requests in a dispatch, and in one of bulk. */
interface BatchLimits {
  readonly maxBatch: number;
  readonly maxBulkBatch: number;
}

/**
 * What evens out the work: each warm worker's share of all requests that wait or run, at most `maxBatch`. A worker that
 * took all would let the next to finish stand idle beside it.
 */
export function batchSize(queued: number, running: number, warmWorkers: number, maxBatch: number): number {
  return Math.min(maxBatch, queued, Math.ceil((queued + running) / warmWorkers));
}

/**
 * Most that a dispatch takes. Whoever is in a hurry may have to wait for the end of one of bulk: these go one by one while
 * interactive requests come, the last one `sinceInteractiveMs` ago, and together, which is faster as a whole, while none do.
 */
export function largestBatch(limits: BatchLimits, priority: Priority, sinceInteractiveMs: number): number {
  if (priority === 'interactive') return limits.maxBatch;
  return sinceInteractiveMs < HURRY_MS ? 1 : Math.min(limits.maxBatch, limits.maxBulkBatch);
}

/**
 * Until when requests may wait for others to share their dispatch: for `delayMs`, and never so long that a full dispatch
 * of `serviceMs` would end past the first deadline. An absolute time.
 */
export function worthWaiting(since: number, deadlineAt: number, delayMs: number, serviceMs: number): number {
  return Math.min(since + delayMs, deadlineAt - serviceMs);
}
