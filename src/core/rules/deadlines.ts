/** Nobody gets a late answer, and no task runs for ever. */
import { GatewayError } from '../errors.ts';
import type { State } from '../state.ts';

export function expire(state: State, now: number): void {
  for (let job = state.jobs.nextDeadline(); job && job.deadlineAt <= now; job = state.jobs.nextDeadline()) {
    state.counters.expired++;
    const doing = job.worker === null ? 'waiting' : 'running';
    const message = `The deadline passed after ${(now - job.submittedAt).toFixed(0)} ms; the request was ${doing}.`;
    state.reject(job, new GatewayError('DEADLINE_EXCEEDED', message));
  }
}

export function stopOverrunning(state: State, now: number): void {
  const { taskTimeoutMs, startTimeoutMs } = state.options;
  for (const worker of state.roster.all()) {
    if (worker.state !== 'starting' || now < worker.startedAt + startTimeoutMs) continue;
    const why = `its start ran over the limit of ${startTimeoutMs} ms`;
    state.startFailed(worker.model, now, why);
    state.stop(worker, why);
  }
  for (const worker of state.roster.all()) {
    if (worker.state !== 'busy' || now < worker.busySince + taskTimeoutMs) continue;
    const message = `The task ran over its limit of ${taskTimeoutMs} ms; its worker was terminated.`;
    for (const job of state.jobs.runningOn(worker.id)) {
      state.counters.failed++;
      state.reject(job, new GatewayError('WORKER_FAILED', message));
    }
    state.stop(worker, `its task ran over the limit of ${taskTimeoutMs} ms`);
  }
}
