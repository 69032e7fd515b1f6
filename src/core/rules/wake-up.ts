/** When must the rules be applied again though nothing happens? */
import type { State } from '../state.ts';

export function planWakeUp(state: State, now: number): void {
  const { keepAliveMs, taskTimeoutMs } = state.options;
  let at = state.jobs.nextDeadline()?.deadlineAt ?? Number.POSITIVE_INFINITY;
  for (const worker of state.roster.all()) {
    if (worker.state === 'busy') at = Math.min(at, worker.busySince + taskTimeoutMs);
    if (worker.state === 'idle' && worker.kind === 'on-demand') at = Math.min(at, worker.idleSince + keepAliveMs);
  }
  for (const model of state.roster.models()) if (model.startAllowedAt > now) at = Math.min(at, model.startAllowedAt);
  if (at === state.wakeAt) return;
  state.wakeAt = at;
  state.emit({ type: 'wakeAt', at });
}
