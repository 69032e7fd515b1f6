import type { KeepAlivePolicy } from './policies/keep-alive.ts';
import type { ScalingPolicy } from './policies/scaling.ts';

/** The numbers and policies that the rules use. */
export interface SchedulerOptions {
  /** Most workers at once, reserved and on-demand, those starting and stopping included. */
  readonly maxWorkers: number;
  /** Most requests of one priority waiting at once, all models together. */
  readonly queueLimit: number;
  /** Share of the dispatched requests that bulk ones get while both kinds wait, from 0 and below 1. */
  readonly bulkShare: number;
  /** A request without a deadline is ordered as if it had one so long after its arrival, in ms: none waits for ever. */
  readonly patienceMs: number;
  /** Longest one dispatch may run before its worker is terminated, in ms. */
  readonly taskTimeoutMs: number;
  /** Longest start of a worker until it counts as failed, in ms. */
  readonly startTimeoutMs: number;
  /** Most requests of one model in one dispatch. */
  readonly maxBatch: number;
  /** As `maxBatch`, of bulk ones while no interactive ones come. */
  readonly maxBulkBatch: number;
  /** Longest time that a request may wait beside an idle worker for others to share its dispatch, in ms. */
  readonly batchDelayMs: number;
  readonly scaling: ScalingPolicy;
  readonly keepAlive: KeepAlivePolicy;
  /** In [0, 1); spreads the times at which refused clients come back. */
  readonly random: () => number;
  /** Used until the first measurement of a model: service and cold-start time, in ms. */
  readonly assumed: { readonly serviceMs: number; readonly coldStartMs: number };
}
