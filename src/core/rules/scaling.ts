/** On-demand workers come when the scaling policy says so. When they leave is said in `leaving.ts`. */
import type { ScalingView } from '../policies/scaling.ts';
import type { Job, Model } from '../state/model.ts';
import type { State } from '../state/state.ts';
import { capacityWaitMs } from '../state/wait.ts';

export function scale(state: State, now: number): void {
  for (const model of byNeed(state)) startWhileReason(state, now, model);
}

function startWhileReason(state: State, now: number, model: Model): void {
  const { scaling } = model;
  while (!state.isOutOfReach(model)) {
    const reason = scaling.startReason(viewOf(state, now, model));
    const worker = reason === null ? null : state.start(now, model, 'on-demand', reason);
    if (!worker) break;
    if (scaling.bindsToStart) state.jobs.bind(model.queue.peek() as Job, worker);
  }
}

/** A model as the policy sees it. The predicted wait is worked out for those that ask for it. */
export function viewOf({ options }: State, now: number, model: Model): ScalingView {
  const { queue, alive, count, service, coldStartMs } = model;
  return {
    now,
    waiting: queue.size,
    workers: alive,
    idle: count.idle,
    starting: count.starting,
    get predictedWaitMs() {
      return capacityWaitMs(now, model, queue.size - 1, options.maxBatch);
    },
    serviceMs: service.time.of(1),
    coldStartMs,
    startSlowdown: service.startSlowdown,
  };
}

/**
 * Models in the order in which they get workers: those that requests wait for, without any worker first, then by arrival. The others
 * are of interest only to a policy that changes its mind by itself.
 */
function byNeed({ roster }: State): readonly Model[] {
  const models = roster.models().filter(({ queue, scaling }) => queue.size > 0 || scaling.everyMs !== undefined);
  if (models.length < 2) return models;
  const rank = ({ queue, workers }: Model) => (queue.size === 0 ? 2 : workers.length > 0 ? 1 : 0);
  const first = (model: Model) => model.queue.peek()?.seq ?? 0;
  return models.sort((a, b) => rank(a) - rank(b) || first(a) - first(b));
}
