/** When must the rules be applied again though nothing happens? */
import type { Model } from '../state/model.ts';
import type { State } from '../state/state.ts';
import { batchOpenUntil } from './binding.ts';
import { nextLeaveAt, preWarmAt } from './leaving.ts';

/** A wake-up that comes too early does no harm: so the plan only ever moves forward, and the timer is seldom set. */
export function planWakeUp(state: State, now: number): void {
  let at = Math.min(state.limitsAt, state.jobs.nextDeadline()?.deadlineAt ?? Number.POSITIVE_INFINITY);
  for (const model of state.roster.models()) at = Math.min(at, nextLook(state, now, model));
  if (at >= state.wakeAt) return;
  state.wakeAt = at;
  state.emit({ type: 'wakeAt', at });
}

function nextLook(state: State, now: number, model: Model): number {
  const { everyMs, stopReason, warmsAhead } = model.scaling;
  let at = model.queue.size > 0 ? whileWaiting(state, now, model) : Number.POSITIVE_INFINITY;
  if (model.startAllowedAt > now) at = Math.min(at, model.startAllowedAt);
  const isActive = model.running + model.queue.size > 0 || model.aliveOnDemand > 0;
  if (everyMs !== undefined && isActive) at = Math.min(at, now + everyMs);
  if (!stopReason) at = Math.min(at, nextLeaveAt(model, now));
  return warmsAhead ? Math.min(at, later(preWarmAt(model, now), now)) : at;
}

/**
 * A task or a start that does not end in time changes the predicted wait: look at 1, 2, 4, 8 … times what it should
 * take. An open batch is closed when its time has come.
 */
function whileWaiting(state: State, now: number, model: Model): number {
  let at = model.count.idle > 0 ? later(batchOpenUntil(state, now, model), now) : Number.POSITIVE_INFINITY;
  for (const { state: doing, since, dueAt } of model.workers) {
    if (doing === 'busy' || doing === 'starting') at = Math.min(at, nextDoubling(now, since, dueAt));
  }
  return at;
}

/** Times that have passed, and were of no use, are no reason to wake up. */
function later(at: number, now: number): number {
  return at > now ? at : Number.POSITIVE_INFINITY;
}

function nextDoubling(now: number, since: number, dueAt: number): number {
  if (dueAt > now) return dueAt;
  const expectedMs = Math.max(1, dueAt - since);
  let at = since + expectedMs;
  for (let times = 2; at <= now; times *= 2) at = since + times * expectedMs;
  return at;
}
