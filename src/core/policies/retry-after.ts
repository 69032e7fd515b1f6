/** When a refused client should come back. */

/** Nobody is sent away for longer, in ms. */
const LONGEST_MS = 60_000;

/**
 * Not before there is room for a request like this one, `untilRoomMs` from now, and within the `queueMs` after that, in which
 * those who wait now are served: `random` is in [0, 1). Under overload the room is taken again as soon as it is there. Who comes
 * at that moment meets a full queue more often than not; who comes at any time of the queue's turnover meets it as everybody does.
 * Whole milliseconds, 1 or more.
 */
export function retryAfterMs(untilRoomMs: number, queueMs: number, random: number): number {
  return Math.max(1, Math.min(LONGEST_MS, Math.ceil(untilRoomMs + queueMs * random)));
}
