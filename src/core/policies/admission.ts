/** Which requests are refused, and what they are told. */
import { GatewayError } from '../errors.ts';

export interface AdmissionView {
  readonly queued: number;
  readonly queueLimit: number;
  readonly expectedWaitMs: number;
  /** Expected time until the head of the queue starts to run, which makes one place free. */
  readonly nextStartMs: number;
  readonly serviceMs: number;
  /** Time left until the deadline, in ms; `Infinity` without one. */
  readonly leftMs: number;
}

/** Refuses a request whose place in the queue, or whose deadline, cannot be had. Null admits it. */
export function refuseOnArrival(view: AdmissionView): GatewayError | null {
  const { queued, queueLimit, expectedWaitMs, nextStartMs, serviceMs, leftMs } = view;
  if (queued >= queueLimit) {
    const message = `The queue is full: ${queued} of ${queueLimit} requests wait.`;
    return new GatewayError('OVERLOADED', message, Math.max(1, Math.ceil(nextStartMs)));
  }
  const neededMs = expectedWaitMs + serviceMs;
  if (neededMs <= leftMs) return null;
  const message =
    `The deadline of ${leftMs.toFixed(0)} ms cannot be met: ` +
    `expected wait ${expectedWaitMs.toFixed(0)} ms + service ${serviceMs.toFixed(0)} ms.`;
  return new GatewayError('DEADLINE_EXCEEDED', message, Math.ceil(neededMs - leftMs));
}

export interface HopelessView {
  readonly model: string;
  readonly reserved: number;
  readonly reservedForOthers: number;
  readonly maxWorkers: number;
  /** Would the scaling policy start a worker for a model that has none? */
  readonly policyStarts: boolean;
}

/** Refuses requests of a model that has no worker and can get none. Null lets them wait for one. */
export function refuseWithoutWorker(view: HopelessView): GatewayError | null {
  if (view.reserved > 0) return null;
  if (!view.policyStarts) {
    return new GatewayError('OVERLOADED', `${view.model} has no reserved worker, and the scaling policy starts none.`);
  }
  if (view.reservedForOthers < view.maxWorkers) return null;
  const message = `${view.model} has no reserved worker, and all ${view.maxWorkers} workers are reserved for other models.`;
  return new GatewayError('OVERLOADED', message);
}
