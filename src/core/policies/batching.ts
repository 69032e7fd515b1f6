/** How many waiting requests one dispatch takes. */

/**
 * What evens out the work: each warm worker's share of all requests that wait or run, at most `maxBatch`. A worker that
 * took all would let the next to finish stand idle beside it.
 */
export function batchSize(queued: number, running: number, warmWorkers: number, maxBatch: number): number {
  return Math.min(maxBatch, queued, Math.ceil((queued + running) / warmWorkers));
}

/**
 * Until when requests may wait for others to share their dispatch: for `delayMs`, and never so long that a full dispatch
 * of `serviceMs` would end past the first deadline. An absolute time.
 */
export function worthWaiting(since: number, deadlineAt: number, delayMs: number, serviceMs: number): number {
  return Math.min(since + delayMs, deadlineAt - serviceMs);
}
