/** Nobody gets a late answer, and no task runs for ever. */
import { GatewayError } from '../contracts/errors.ts';
import type { Worker } from '../state/model.ts';
import type { State } from '../state/state.ts';

export function expire(state: State, now: number): void {
  for (let job = state.jobs.nextDeadline(); job && job.deadlineAt <= now; job = state.jobs.nextDeadline()) {
    state.counters.expired++;
    const doing = job.worker?.state === 'busy' ? 'running' : 'waiting';
    const message = `The deadline passed after ${(now - job.submittedAt).toFixed(0)} ms; the request was ${doing}.`;
    state.reject(job, new GatewayError('DEADLINE_EXCEEDED', message));
  }
}

export function stopOverrunning(state: State, now: number): void {
  if (now < state.limitsAt) return;
  state.limitsAt = Number.POSITIVE_INFINITY;
  for (const worker of [...state.roster.all()]) {
    const limitAt = state.limitOf(worker);
    if (now < limitAt) state.limitsAt = Math.min(state.limitsAt, limitAt);
    else if (worker.state === 'starting') stopStart(state, now, worker);
    else stopTask(state, now, worker);
  }
}

function stopStart(state: State, now: number, worker: Worker): void {
  for (const job of worker.jobs) state.retry(job);
  state.startFailed(worker.model, now);
  state.stop(now, worker, `its start ran over the limit of ${state.options.startTimeoutMs} ms`, true);
}

function stopTask(state: State, now: number, worker: Worker): void {
  const { taskTimeoutMs } = state.options;
  for (const job of worker.jobs) {
    // One of several is to blame, and nobody knows which: each is tried once more, alone.
    if (worker.batchSize > 1) state.retry(job);
    else state.fail(job, `The task ran over its limit of ${taskTimeoutMs} ms; its worker was terminated.`);
  }
  state.stop(now, worker, `its task ran over the limit of ${taskTimeoutMs} ms`, true);
}
