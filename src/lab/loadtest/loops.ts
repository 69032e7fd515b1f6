/** When the requests of a run are sent: by a loop that waits for answers, and by one that does not. */
import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import type { ClosedWorkload, OpenWorkload } from '../workload/workload.ts';
import { CONNECTION_FAILED, type Outcome } from './sender.ts';

/** An arrival that came while as many requests as allowed had no answer. */
export const NOT_SENT = 'NOT_SENT';

/** What the loops need of a run. */
export interface Load {
  /** Aborted when the run is to end early. */
  readonly signal: AbortSignal;
  /** Requests sent and not yet answered. */
  readonly inFlight: number;
  /** From the start of the run, in ms. */
  now(): number;
  /** Resolves once the run has come to that time, or is to end. */
  until(atMs: number): Promise<void>;
  /** Sends a request that was to start at `intendedAt`. Never rejects. */
  send(intendedAt: number): Promise<Outcome>;
  /** Counts a request that was to start at `intendedAt` as NOT_SENT. */
  drop(intendedAt: number): void;
}

/** A user who gets no connection tries again after so long, in ms: a gateway that is down is not to be hammered. */
const RECONNECT_MS = 100;

/** Whoever is refused, and not told when to come back, comes back after so long, in ms. */
const COME_BACK_MS = 1_000;

/**
 * Users of whom each sends the next request when the one before is answered. A refused one comes back when it was told
 * to: as in a simulation.
 *
 * Resolves when every user has the last answer.
 */
export async function closedLoop({ steps, thinkMs, durationMs }: ClosedWorkload, load: Load): Promise<void> {
  const users = new Map<number, Promise<void>>();
  let wanted = 0;
  const stays = (user: number) => user < wanted && load.now() < durationMs && !load.signal.aborted;
  const live = async (user: number) => {
    while (stays(user)) {
      const pauseMs = pauseAfter(await load.send(load.now()), thinkMs);
      // The run does not wait for users who would come back after its end.
      if (pauseMs > 0) await load.until(Math.min(load.now() + pauseMs, durationMs));
    }
    users.delete(user);
  };
  for (const step of steps) {
    await load.until(step.fromMs);
    wanted = step.users;
    for (let user = 0; user < wanted; user++) {
      if (!users.has(user)) users.set(user, live(user));
    }
  }
  await load.until(durationMs);
  await Promise.all(users.values());
}

function pauseAfter({ code, retryAfterMs }: Outcome, thinkMs: number): number {
  if (code === null) return thinkMs;
  return code === CONNECTION_FAILED ? Math.max(thinkMs, RECONNECT_MS) : (retryAfterMs ?? COME_BACK_MS);
}

/** After so many requests in one go, the answers that have come are read. */
const BURST = 64;

/**
 * Requests that start at times of their own, whatever is outstanding. Response times are measured from the times that
 * were intended: who measures from the sending, or waits for answers before the next sending, leaves out just the
 * requests that met a stalled server (Gil Tene's "coordinated omission"). Who is refused does not come back: the arrivals
 * are those of the workload.
 *
 * Resolves when every request is answered.
 */
export async function openLoop(workload: OpenWorkload, load: Load, maxOutstanding: number): Promise<void> {
  const outstanding = new Set<Promise<unknown>>();
  let burst = 0;
  for (const at of workload.arrivals()) {
    if (at > load.now()) {
      burst = 0;
      await load.until(at);
    } else if (++burst % BURST === 0) await eventLoopTurn();
    if (load.signal.aborted) break;
    if (load.inFlight >= maxOutstanding) {
      load.drop(at);
      continue;
    }
    const answer = load.send(at);
    outstanding.add(answer);
    void answer.finally(() => outstanding.delete(answer));
  }
  await load.until(workload.durationMs);
  await Promise.all(outstanding);
}
