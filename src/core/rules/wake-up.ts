/** When must the rules be applied again though nothing happens? */
import type { Worker } from '../roster.ts';
import type { State } from '../state.ts';
import { dueAt } from '../wait.ts';

export function planWakeUp(state: State, now: number): void {
  const { keepAliveMs, taskTimeoutMs, startTimeoutMs } = state.options;
  let at = state.jobs.nextDeadline()?.deadlineAt ?? Number.POSITIVE_INFINITY;
  for (const worker of state.roster.all()) {
    if (worker.state === 'starting') at = Math.min(at, worker.startedAt + startTimeoutMs);
    if (worker.state === 'busy') at = Math.min(at, worker.busySince + taskTimeoutMs, overdueCheck(state, now, worker));
    if (worker.state === 'idle' && worker.kind === 'on-demand') at = Math.min(at, worker.idleSince + keepAliveMs);
  }
  for (const model of state.roster.models()) if (model.startAllowedAt > now) at = Math.min(at, model.startAllowedAt);
  if (at === state.wakeAt) return;
  state.wakeAt = at;
  state.emit({ type: 'wakeAt', at });
}

/** While requests wait, a worker that does not finish in time changes the predicted wait: look at 1, 2, 4 … times it. */
function overdueCheck(state: State, now: number, worker: Worker): number {
  if (state.jobs.queued(worker.model.key).size === 0) return Number.POSITIVE_INFINITY;
  const expectedMs = Math.max(1, dueAt(worker) - worker.busySince);
  let at = worker.busySince + expectedMs;
  for (let times = 2; at <= now; times *= 2) at = worker.busySince + times * expectedMs;
  return at;
}
