/** When a refused client should come back. */

export interface RetryView {
  readonly now: number;
  /** From now until there is room for a request like this one, in ms. */
  readonly untilRoomMs: number;
  /** When the place is free that was promised to the client refused before; in the past if none is. */
  readonly promisedUntil: number;
  /** Time in which the pool serves one request, in ms. */
  readonly stepMs: number;
}

/** Spread of the times, as a share of them: clients that were refused together do not come back together. */
const JITTER = 0.1;

/**
 * As soon as there is room and, because one place can be promised only once, after those that were refused before: the
 * refused clients wait in a line of their own, which moves as fast as the pool serves. An absolute time.
 */
export function placeInLine({ now, untilRoomMs, promisedUntil, stepMs }: RetryView): number {
  return Math.max(now + untilRoomMs, promisedUntil + stepMs);
}

/** `random` in [0, 1). Whole milliseconds, 1 or more. */
export function retryAfterMs(now: number, placeAt: number, random: number): number {
  return Math.max(1, Math.ceil((placeAt - now) * (1 + JITTER * random)));
}
