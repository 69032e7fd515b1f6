/** Which requests are refused, and what they are told. */
import { GatewayError } from '../contracts/errors.ts';

export interface AdmissionView {
  /** Requests of the same priority that wait. */
  readonly queued: number;
  readonly queueLimit: number;
  readonly expectedWaitMs: number;
  /** What the request itself takes, with a margin for what is usual to differ from it. */
  readonly serviceMs: number;
  /** Time left until the deadline, in ms; `Infinity` without one. */
  readonly leftMs: number;
  /** Would an admitted request miss its deadline if this one came before it? */
  readonly displaces: () => boolean;
}

/** Times that add up to the same may differ by as much, in ms. */
const ROUNDING_MS = 1e-6;

/** At its deadline an answer is late. */
export function isLate(endAt: number, deadlineAt: number): boolean {
  return endAt >= deadlineAt - ROUNDING_MS;
}

/** Why a request is refused for which the queue has no room, or whose deadline cannot be met. Null admits it. */
export function refuseOnArrival(view: AdmissionView): Pick<GatewayError, 'code' | 'message'> | null {
  const { queued, queueLimit, expectedWaitMs, serviceMs, leftMs, displaces } = view;
  if (queued >= queueLimit) {
    return {
      code: 'OVERLOADED',
      message: `The queue is full: ${queued} of ${queueLimit} requests wait.`,
    };
  }
  if (isLate(expectedWaitMs + serviceMs, leftMs)) {
    const message =
      `The deadline of ${leftMs.toFixed(0)} ms cannot be met: ` +
      `expected wait ${expectedWaitMs.toFixed(0)} ms + service ${serviceMs.toFixed(0)} ms.`;
    return { code: 'DEADLINE_EXCEEDED', message };
  }
  if (!displaces()) return null;
  const message = `The deadline of ${leftMs.toFixed(0)} ms cannot be met without breaking that of an earlier request.`;
  return { code: 'DEADLINE_EXCEEDED', message };
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
