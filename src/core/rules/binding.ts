/** Late binding: a request meets its worker at the moment it starts to run. */
import type { Job } from '../jobs.ts';
import { batchSize } from '../policies/batching.ts';
import { nextWorker } from '../policies/placement.ts';
import type { Model, Worker } from '../roster.ts';
import type { State } from '../state.ts';
import type { Binding } from '../types.ts';

export function bind(state: State, now: number): void {
  for (const model of state.roster.models()) {
    const queue = state.jobs.queued(model.key);
    while (queue.size > 0) {
      const worker = nextWorker(state.roster.idle(model));
      if (!worker || (worker.kind === 'on-demand' && neededElsewhere(state, now, model))) break;
      const busy = state.roster.of(model).filter((other) => other.state === 'busy');
      const running = busy.reduce((sum, other) => sum + other.batchSize, 0);
      const warm = busy.length + state.roster.idle(model).length;
      const size = batchSize(queue.size, running, warm, state.options.maxBatch);
      const batch = state.jobs.take(model.key, size, worker.id);
      state.roster.becomeBusy(worker, now, batch.length);
      state.counters.dispatched += batch.length;
      state.emit({
        type: 'dispatch',
        worker: worker.id,
        kind: worker.kind,
        batch: batch.map((job) => binding(state, now, job, worker)),
      });
    }
  }
}

function binding(state: State, now: number, job: Job, worker: Worker): Binding {
  const queueMs = now - job.submittedAt;
  const coldStart = worker.warmSince > job.submittedAt;
  if (coldStart) state.counters.coldServed++;
  const how = job.attempts > 1 ? 'retried on' : queueMs === 0 ? 'taken at once by' : 'waited for';
  const origin = worker.kind === 'on-demand' ? `, started because ${worker.reason}` : '';
  return {
    job: job.id,
    queueMs,
    predictedWaitMs: job.predictedWaitMs,
    coldStart,
    reason: `${how} ${worker.kind} worker ${worker.id}${origin}`,
  };
}

/**
 * The pool is full, and an earlier request waits for a model without any worker: on-demand workers must not go on, but
 * let it in. Only for an earlier one, or two models would take the place from each other without serving anybody.
 */
function neededElsewhere(state: State, now: number, model: Model): boolean {
  const workers = state.roster.all();
  if (workers.length < state.options.maxWorkers || workers.some((worker) => worker.state === 'stopping')) return false;
  const firstSeq = state.jobs.firstSeq(model.key);
  return state.roster.models().some((other) => {
    if (other.startAllowedAt > now || state.jobs.firstSeq(other.key) >= firstSeq) return false;
    return state.roster.of(other).length === 0;
  });
}
