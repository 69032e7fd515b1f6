/** Users of whom each sends the next request when the one before is answered. */
import type { ClosedWorkload } from '../workload/workload.ts';
import { CONNECTION_FAILED } from './client.ts';
import type { Load } from './load.ts';

/** A user who gets no connection tries again after so long, in ms: a gateway that is down is not to be hammered. */
const RECONNECT_MS = 100;

/** Resolves when every user has the last answer. */
export async function closedLoop({ steps, thinkMs, durationMs }: ClosedWorkload, load: Load): Promise<void> {
  const users = new Map<number, Promise<void>>();
  let wanted = 0;
  const stays = (user: number) => user < wanted && load.now() < durationMs && !load.signal.aborted;
  const live = async (user: number) => {
    while (stays(user)) {
      const code = await load.send(load.now());
      const pauseMs = code === CONNECTION_FAILED ? Math.max(thinkMs, RECONNECT_MS) : thinkMs;
      if (pauseMs > 0) await load.until(load.now() + pauseMs);
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
