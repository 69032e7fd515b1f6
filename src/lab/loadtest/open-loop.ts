/**
 * Requests that start at times of their own, whatever is outstanding. Response times are measured from the times that
 * were intended: who measures from the sending, or waits for answers before the next sending, leaves out just the
 * requests that met a stalled server (Gil Tene's "coordinated omission"). Who is refused does not come back: the arrivals
 * are those of the workload.
 */
import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import type { OpenWorkload } from '../workload/workload.ts';
import type { Load } from './load.ts';

/** After so many requests in one go, the answers that have come are read. */
const BURST = 64;

/** Resolves when every request is answered. */
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
