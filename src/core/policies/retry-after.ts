/** When a refused client should come back. */

export interface RetryView {
  /** Until there is room for a request like this one, in ms. */
  readonly untilRoomMs: number;
  /** How many of the clients that were refused before will come back. */
  readonly before: number;
  /** Time in which the pool serves one request, in ms. */
  readonly stepMs: number;
  /** In [0, 1). */
  readonly random: number;
}

/** Spread of the times, as a share of them: clients that were refused together do not come back together. */
const JITTER = 0.1;

/** Nobody is sent away for longer, in ms. */
export const LONGEST_MS = 60_000;

/**
 * As soon as there is room and, because one place can be promised only once, after those that were refused before: the
 * refused clients wait in a line of their own, which moves as fast as the pool serves. Whole milliseconds, 1 or more.
 */
export function retryAfterMs({ untilRoomMs, before, stepMs, random }: RetryView): number {
  const ms = Math.ceil(Math.max(untilRoomMs, before * stepMs) * (1 + JITTER * random));
  return Math.max(1, Math.min(LONGEST_MS, ms));
}
