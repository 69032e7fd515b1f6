/** Idle on-demand workers leave when their place needs no worker, and come back before it needs one again. */
import type { Model, Worker } from '../state/model.ts';
import type { State } from '../state/state.ts';
import { wantedSize } from './scaling.ts';

export function retire(state: State, now: number): void {
  for (const model of state.roster.models()) {
    if (state.options.scaling.kind === 'size') retireDownToSize(state, now, model);
    else retireUnwanted(state, now, model);
  }
}

/** From the last place on: a place is needed at least as often as those after it. */
function retireUnwanted(state: State, now: number, model: Model): void {
  while (now >= nextLeaveAt(model, now)) {
    const worker = lastPlace(model) as Worker;
    state.stop(now, worker, `no work for ${(now - worker.idleSince).toFixed(0)} ms`);
  }
}

/** When the next idle on-demand worker of a model leaves unless it gets work; `Infinity` if none idles, or work waits. */
export function nextLeaveAt(model: Model, now: number): number {
  const worker = lastPlace(model);
  if (!worker || model.queue.size > 0) return Number.POSITIVE_INFINITY;
  return leaveAt(model, worker, model.onDemandInUse + model.idle['on-demand'].length, now);
}

/** The worker that idles for longest: the idle ones fill the places after those in use, the one used last first. */
function lastPlace(model: Model): Worker | undefined {
  return model.idle['on-demand'][0];
}

function leaveAt(model: Model, worker: Worker, place: number, now: number): number {
  const { fromMs, untilMs } = model.levels.window(place);
  const unusedSince = model.levels.unusedSince(place) ?? worker.idleSince;
  if (fromMs === 0) return Math.max(unusedSince, worker.idleSince) + untilMs;
  const warmedAhead = now >= unusedSince + fromMs - model.coldStartMs;
  return warmedAhead ? unusedSince + untilMs : worker.idleSince;
}

function retireDownToSize(state: State, now: number, model: Model): void {
  if (model.idle['on-demand'].length === 0 || model.queue.size > 0) return;
  const wanted = wantedSize(state, now, model);
  while (model.alive > wanted) {
    const worker = lastPlace(model);
    if (!worker) break;
    state.stop(now, worker, `the load asked for ${wanted} workers`);
  }
}

/** Warms the next place of each model in time for when it is usually needed. */
export function preWarm(state: State, now: number): void {
  if (state.options.scaling.kind !== 'wait') return;
  for (const model of state.roster.models()) {
    while (now >= preWarmAt(model, now)) {
      if (!state.start(now, model, 'on-demand', 'the next request is expected', true)) break;
    }
  }
}

/**
 * When the next place is to be started because its use is expected; `Infinity` if it is not, or was in vain. Only on top
 * of places that still want their workers, or one would come while another leaves.
 */
export function preWarmAt(model: Model, now: number): number {
  const next = model.aliveOnDemand + 1;
  const unusedSince = model.levels.unusedSince(next);
  if (unusedSince === null) return Number.POSITIVE_INFINITY;
  const { fromMs } = model.levels.window(next);
  if (fromMs === 0) return Number.POSITIVE_INFINITY;
  for (let place = model.onDemandInUse + 1; place <= next; place++) {
    const since = model.levels.unusedSince(place);
    if (since !== null && now >= since + model.levels.window(place).untilMs) return Number.POSITIVE_INFINITY;
  }
  return unusedSince + fromMs - model.coldStartMs;
}
