/** How many waiting requests one dispatch takes. */

/**
 * What evens out the work: each warm worker's share of all requests that wait or run, at most `maxBatch`. A worker that
 * took all would let the next to finish stand idle beside it. Nothing waits for a batch to fill.
 */
export function batchSize(queued: number, running: number, warmWorkers: number, maxBatch: number): number {
  return Math.min(maxBatch, queued, Math.ceil((queued + running) / warmWorkers));
}
