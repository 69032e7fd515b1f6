/** Late binding: a request meets its worker at the moment it starts to run. */
import type { Binding } from '../contracts/types.ts';
import { batchSize, largestBatch, worthWaiting } from '../policies/batching.ts';
import { nextWorker } from '../policies/placement.ts';
import type { Job, Model, Worker } from '../state/model.ts';
import type { State } from '../state/state.ts';

export function bind(state: State, now: number): void {
  for (const model of state.roster.models()) {
    while (model.queue.size > 0 && model.count.idle > 0) {
      const worker = nextWorker(model.idle.reserved, model.idle['on-demand']) as Worker;
      if (worker.kind === 'on-demand' && neededElsewhere(state, now, model)) break;
      const most = largestBatch(state.options, model.queue.next, now - model.interactiveAt);
      const size = batchSize(model.queue.size, model.running, model.count.busy + model.count.idle, most);
      model.batchOpenSince ??= now;
      if (size < most && batchOpenUntil(state, now, model) > now) break;
      // Without this worker, what it takes now would have waited on.
      worker.useful ||= model.count.idle === 1;
      dispatch(state, now, worker, state.jobs.take(model, size, worker));
    }
  }
}

/** The worker runs these jobs, which are in its hands already. */
export function dispatch(state: State, now: number, worker: Worker, batch: readonly Job[]): void {
  state.begin(now, worker, batch.length);
  state.counters.dispatched += batch.length;
  const bindings = batch.map((job) => binding(state, now, job, worker));
  state.emit({ type: 'dispatch', worker: worker.id, kind: worker.kind, batch: bindings });
}

/**
 * Until when requests wait beside an idle worker for others to share their dispatch: never past a deadline, and not for
 * one that was tried before, which goes alone.
 */
export function batchOpenUntil({ options }: State, now: number, model: Model): number {
  if (options.batchDelayMs === 0 || model.batchOpenSince === null) return now;
  const heads = [model.queue.of('interactive').peek(), model.queue.of('bulk').peek()];
  if (heads.some((job) => job && job.attempts > 0)) return now;
  const deadlineAt = Math.min(...heads.map((job) => job?.deadlineAt ?? Number.POSITIVE_INFINITY));
  return worthWaiting(model.batchOpenSince, deadlineAt, options.batchDelayMs, model.service.time.of(options.maxBatch));
}

function binding(state: State, now: number, job: Job, worker: Worker): Binding {
  const { counters, waitErrors } = state;
  const queueMs = now - job.submittedAt;
  const coldStart = worker.warmSince > job.submittedAt;
  if (job.attempts === 1) {
    waitErrors.add(Math.abs(queueMs - job.predictedWaitMs));
    if (coldStart) counters.coldServed++;
    if (job.spilled) counters.spilled++;
  }
  return {
    job: job.id,
    queueMs,
    predictedWaitMs: job.predictedWaitMs,
    coldStart,
    spilled: job.spilled,
    retried: job.attempts > 1,
    startReason: worker.reason,
  };
}

/**
 * The pool is full, and an earlier request waits for a model without any worker: on-demand workers must not go on, but
 * let it in. Only for an earlier one, or two models would take the slot from each other without serving anybody.
 */
function neededElsewhere({ roster, options }: State, now: number, model: Model): boolean {
  if (roster.size < options.maxWorkers || roster.anyStopping()) return false;
  const first = model.queue.peek() as Job;
  return roster.models().some((other) => {
    const waiting = other.queue.peek();
    return waiting && other.workers.length === 0 && other.startAllowedAt <= now && waiting.seq < first.seq;
  });
}
