/** On-demand workers come when the scaling policy says so, and leave after their keep-alive. */
import type { Model } from '../roster.ts';
import type { State } from '../state.ts';
import { capacityWaitMs } from '../wait.ts';

export function scale(state: State, now: number): void {
  for (const model of byNeed(state)) {
    for (;;) {
      const queued = state.jobs.queued(model.key).size;
      const predictedWaitMs = capacityWaitMs(now, model, state.roster.of(model), queued - 1);
      const reason = state.options.scaling({ predictedWaitMs, serviceMs: model.service.value });
      if (reason === null || !state.start(now, model, 'on-demand', reason)) break;
    }
  }
}

/** Models that requests wait for, in the order in which they get places: without any worker first, then by arrival. */
function byNeed({ roster, jobs }: State): readonly Model[] {
  const served = (model: Model) => (roster.of(model).length > 0 ? 1 : 0);
  return roster
    .models()
    .filter((model) => jobs.queued(model.key).size > 0)
    .sort((a, b) => served(a) - served(b) || jobs.firstSeq(a.key) - jobs.firstSeq(b.key));
}

export function retire(state: State, now: number): void {
  for (const worker of state.roster.all()) {
    if (worker.state !== 'idle' || worker.kind !== 'on-demand') continue;
    if (now < worker.idleSince + state.options.keepAliveMs) continue;
    state.stop(worker, `no work for ${state.options.keepAliveMs} ms`);
  }
}
