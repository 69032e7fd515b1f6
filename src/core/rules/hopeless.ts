/** Nobody waits for a worker that cannot come. */
import { GatewayError } from '../contracts/errors.ts';
import { refuseWithoutWorker } from '../policies/admission.ts';
import { breakerOpen } from '../policies/backoff.ts';
import type { Model } from '../state/model.ts';
import type { State } from '../state/state.ts';
import { viewOf } from './scaling.ts';

/** Rejects what waits for a model whose start-up breaker is open, or that the policy or the floors leave no room. */
export function failHopeless(state: State, now: number): void {
  for (const model of state.roster.models()) {
    if (model.queue.size === 0 || model.workers.length > 0) continue;
    const hopeless = whyHopeless(state, now, model);
    if (!hopeless) continue;
    for (let job = model.queue.peek(); job; job = model.queue.peek()) {
      state.counters.rejected++;
      state.reject(job, hopeless);
    }
  }
}

function whyHopeless(state: State, now: number, model: Model): GatewayError | null {
  const { options, roster } = state;
  if (breakerOpen(model.failedStarts) && model.startAllowedAt > now) {
    // Why is for the log: it names paths and libraries.
    const message = `${model.key} cannot start: ${model.failedStarts} attempts failed in a row.`;
    return new GatewayError('WORKER_FAILED', message, Math.ceil(model.startAllowedAt - now));
  }
  return refuseWithoutWorker({
    model: model.key,
    reserved: model.reserved,
    reservedForOthers: roster.reservedFloor(model.key),
    maxWorkers: options.maxWorkers,
    policyStarts: model.scaling.startReason(viewOf(state, now, model)) !== null,
  });
}
