/** Who takes the next request, and who makes room. */

/** A worker that could. */
export interface Candidate {
  readonly id: number;
  readonly idleSince: number;
}

/**
 * A reserved worker if there is a choice, the one that idles for longest, so that all stay exercised; else the
 * on-demand worker that was used last: so the surplus ones stay idle, and leave. Both lists in the order in which
 * their workers became idle.
 */
export function nextWorker<C>(reserved: readonly C[], onDemand: readonly C[]): C | undefined {
  return reserved[0] ?? onDemand[onDemand.length - 1];
}

/** The idle on-demand worker that is missed least when another model needs its slot: the one idle for longest. */
export function evictable<C extends Candidate>(idle: readonly C[]): C | undefined {
  return [...idle].sort((a, b) => a.idleSince - b.idleSince || a.id - b.id)[0];
}
