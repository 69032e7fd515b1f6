/** Who takes the next request, and who makes room. */
import type { WorkerId, WorkerKind } from '../types.ts';

export interface Candidate {
  readonly id: WorkerId;
  readonly kind: WorkerKind;
  /** When the worker last became idle. */
  readonly idleSince: number;
}

/**
 * A reserved worker if there is a choice (the longest idle, so that all stay exercised), else the on-demand worker that was used last: with LIFO the
 * surplus ones stay idle and leave.
 */
export function nextWorker<C extends Candidate>(idle: readonly C[]): C | undefined {
  return pick(idle, (a, b) => {
    if (a.kind !== b.kind) return a.kind === 'reserved';
    if (a.idleSince !== b.idleSince)
      return a.kind === 'reserved' ? a.idleSince < b.idleSince : a.idleSince > b.idleSince;
    return a.id < b.id;
  });
}

/** The idle on-demand worker that is missed least when another model needs its place: the one idle for longest. */
export function evictable<C extends Candidate>(idle: readonly C[]): C | undefined {
  return pick(
    idle.filter((worker) => worker.kind === 'on-demand'),
    (a, b) => a.idleSince < b.idleSince || (a.idleSince === b.idleSince && a.id < b.id),
  );
}

function pick<C>(candidates: readonly C[], better: (a: C, b: C) => boolean): C | undefined {
  let best: C | undefined;
  for (const candidate of candidates) if (best === undefined || better(candidate, best)) best = candidate;
  return best;
}
