/**
 * Users of whom each sends the next request when the one before is answered. A refused one comes back when it was told
 * to: as in a simulation.
 */
import type { ClosedWorkload } from '../workload/workload.ts';
import type { Load } from './load.ts';
import { CONNECTION_FAILED, type Outcome } from './sender.ts';

/** A user who gets no connection tries again after so long, in ms: a gateway that is down is not to be hammered. */
const RECONNECT_MS = 100;

/** Whoever is refused, and not told when to come back, comes back after so long, in ms. */
const COME_BACK_MS = 1_000;

/** Resolves when every user has the last answer. */
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
