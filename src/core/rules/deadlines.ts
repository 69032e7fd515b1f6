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
    state.startFailed(worker.model, now);
    state.stop(worker, `its start ran over the limit of ${startTimeoutMs} ms`, true);
  }
  for (const worker of state.roster.all()) {
    if (worker.state !== 'busy' || now < worker.busySince + taskTimeoutMs) continue;
    for (const job of state.jobs.runningOn(worker.id)) {
      // One of several is to blame, and nobody knows which: each is tried once more, alone.
      if (worker.batchSize > 1) state.retry(job);
      else state.fail(job, `The task ran over its limit of ${taskTimeoutMs} ms; its worker was terminated.`);
    }
    state.stop(worker, `its task ran over the limit of ${taskTimeoutMs} ms`, true);
  }
}
