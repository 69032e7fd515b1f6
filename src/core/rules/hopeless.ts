/** Nobody waits for a worker that cannot come. */
import { GatewayError } from '../errors.ts';
import { refuseWithoutWorker } from '../policies/admission.ts';
import { breakerOpen } from '../policies/backoff.ts';
import type { Model } from '../roster.ts';
import type { State } from '../state.ts';

/** Rejects what waits for a model whose start-up breaker is open, or that the policy or the floors leave no room. */
export function failHopeless(state: State, now: number): void {
  for (const model of state.roster.models()) {
    const queue = state.jobs.queued(model.key);
    if (queue.size === 0 || state.roster.of(model).length > 0) continue;
    const hopeless = whyHopeless(state, now, model);
    if (!hopeless) continue;
    for (let job = queue.peek(); job; job = queue.peek()) {
      state.counters.rejected++;
      state.reject(job, hopeless);
    }
  }
}

function whyHopeless(state: State, now: number, model: Model): GatewayError | null {
  if (breakerOpen(model.failedStarts) && model.startAllowedAt > now) {
    // Why is for the log: it names paths and libraries.
    const message = `${model.key} cannot start: ${model.failedStarts} attempts failed in a row.`;
    return new GatewayError('WORKER_FAILED', message, Math.ceil(model.startAllowedAt - now));
  }
  const { scaling, maxWorkers } = state.options;
  const predictedWaitMs = Number.POSITIVE_INFINITY;
  return refuseWithoutWorker({
    model: model.key,
    reserved: model.reserved,
    reservedForOthers: state.roster.reservedFloor(model.key),
    maxWorkers,
    policyStarts: scaling({ predictedWaitMs, serviceMs: model.service.value }) !== null,
  });
}
