/** Idle on-demand workers leave when their level needs no worker, and come back before it needs one again. */
import type { Model, Worker } from '../state/model.ts';
import type { State } from '../state/state.ts';
import { viewOf } from './scaling.ts';

export function retire(state: State, now: number): void {
  for (const model of state.roster.models()) {
    if (model.scaling.stopReason) retireByPolicy(state, now, model);
    else retireUnwanted(state, now, model);
  }
}

/** From the last level on: a level is needed at least as often as those after it. */
function retireUnwanted(state: State, now: number, model: Model): void {
  while (now >= nextLeaveAt(model, now)) {
    const worker = idlest(model) as Worker;
    state.stop(now, worker, `no work for ${(now - worker.idleSince).toFixed(0)} ms`);
  }
}

/** When the next idle on-demand worker of a model leaves unless it gets work; `Infinity` if none idles, or work waits. */
export function nextLeaveAt(model: Model, now: number): number {
  const worker = idlest(model);
  if (!worker || model.queue.size > 0) return Number.POSITIVE_INFINITY;
  return leaveAt(model, worker, model.onDemandInUse + model.idle['on-demand'].length, now);
}

/** The worker that idles for longest: the idle ones fill the levels after those in use, the one used last first. */
function idlest(model: Model): Worker | undefined {
  return model.idle['on-demand'][0];
}

function leaveAt(model: Model, worker: Worker, level: number, now: number): number {
  const { fromMs, untilMs } = model.levels.window(level);
  const unusedSince = model.levels.unusedSince(level) ?? worker.idleSince;
  if (fromMs === 0) return Math.max(unusedSince, worker.idleSince) + untilMs;
  const warmedAhead = now >= unusedSince + fromMs - model.coldStartMs;
  return warmedAhead ? unusedSince + untilMs : worker.idleSince;
}

function retireByPolicy(state: State, now: number, model: Model): void {
  if (model.queue.size > 0) return;
  for (let worker = idlest(model); worker; worker = idlest(model)) {
    const reason = model.scaling.stopReason?.(viewOf(state, now, model)) ?? null;
    if (reason === null) break;
    state.stop(now, worker, reason);
  }
}

/** Warms the next level of each model in time for when it is usually needed. */
export function preWarm(state: State, now: number): void {
  for (const model of state.roster.models()) {
    if (!model.scaling.warmsAhead) continue;
    while (now >= preWarmAt(model, now)) {
      if (!state.start(now, model, 'on-demand', 'the next request is expected', true)) break;
    }
  }
}

/**
 * When a worker for the next level is to be started because its use is expected; `Infinity` if it is not, or was in vain. Only on top
 * of levels that still want their workers, or one would come while another leaves.
 */
export function preWarmAt(model: Model, now: number): number {
  const next = model.aliveOnDemand + 1;
  const unusedSince = model.levels.unusedSince(next);
  if (unusedSince === null) return Number.POSITIVE_INFINITY;
  const { fromMs } = model.levels.window(next);
  if (fromMs === 0) return Number.POSITIVE_INFINITY;
  for (let level = model.onDemandInUse + 1; level <= next; level++) {
    const since = model.levels.unusedSince(level);
    if (since !== null && now >= since + model.levels.window(level).untilMs) return Number.POSITIVE_INFINITY;
  }
  return unusedSince + fromMs - model.coldStartMs;
}
