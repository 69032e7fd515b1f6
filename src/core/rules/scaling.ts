/** On-demand workers come when the scaling policy says so. When they leave is said in `leaving.ts`. */
import type { ScalingPolicy } from '../policies/scaling.ts';
import type { Model } from '../state/model.ts';
import type { State } from '../state/state.ts';
import { capacityWaitMs } from '../state/wait.ts';

export function scale(state: State, now: number): void {
  const { scaling } = state.options;
  switch (scaling.kind) {
    case 'wait':
      for (const model of byNeed(state)) startWhileReason(state, now, model, scaling.reason);
      break;
    case 'size':
      for (const model of new Set([...byNeed(state), ...state.roster.models()])) startUpToSize(state, now, model);
      break;
    case 'spill':
      for (const model of byNeed(state)) startForEach(state, now, model);
      break;
    default:
      scaling satisfies never;
  }
}

type Reason = Extract<ScalingPolicy, { kind: 'wait' }>['reason'];

/** No more starts at once than requests wait: a further one would help nobody of them. */
function startWhileReason(state: State, now: number, model: Model, reasonFor: Reason): void {
  const { queue, service, coldStartMs } = model;
  while (model.count.starting < queue.size && !state.isOutOfReach(model)) {
    const predictedWaitMs = capacityWaitMs(now, model, queue.size - 1, state.options.maxBatch);
    const { startSlowdown } = service;
    const reason = reasonFor({ predictedWaitMs, serviceMs: service.time.of(1), coldStartMs, startSlowdown });
    if (reason === null || !state.start(now, model, 'on-demand', reason)) break;
  }
}

function startUpToSize(state: State, now: number, model: Model): void {
  const wanted = Math.max(wantedSize(state, now, model), model.queue.size > 0 ? 1 : 0);
  while (wanted > model.alive) {
    const reason = `the load asked for ${wanted} workers, and there were ${model.alive}`;
    if (!state.start(now, model, 'on-demand', reason)) break;
  }
}

/** How many workers a size policy wants now; those in a hold are not given up. */
export function wantedSize({ options }: State, now: number, model: Model): number {
  if (options.scaling.kind !== 'size') return model.alive;
  const averageLoad = (windowMs: number) => model.load.average(now, windowMs);
  const { workers, holdMs } = options.scaling.size({ workers: model.alive, averageLoad });
  if (holdMs > 0) model.holdUntil = now + holdMs;
  return now < model.holdUntil ? Math.max(workers, model.alive) : workers;
}

/** Early binding: whoever found no idle worker waits for the one that is started for it. */
function startForEach(state: State, now: number, model: Model): void {
  if (model.count.idle > 0) return;
  for (let job = model.queue.peek(); job; job = model.queue.peek()) {
    const worker = state.start(now, model, 'on-demand', 'a request found no idle worker');
    if (!worker) break;
    state.jobs.bind(job, worker);
  }
}

/** Models that requests wait for, in the order in which they get places: without any worker first, then by arrival. */
function byNeed({ roster }: State): readonly Model[] {
  if (!roster.models().some((model) => model.queue.size > 0)) return NOBODY;
  const needy = roster.models().filter((model) => model.queue.size > 0);
  if (needy.length === 1) return needy;
  const served = (model: Model) => (model.workers.length > 0 ? 1 : 0);
  const first = (model: Model) => model.queue.peek()?.seq ?? 0;
  return needy.sort((a, b) => served(a) - served(b) || first(a) - first(b));
}

const NOBODY: readonly Model[] = [];
