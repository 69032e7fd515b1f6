/**
 * The vocabulary between the scheduler and its two drivers. Inputs are method calls on `Scheduler`; outputs are these
 * commands. All times are milliseconds on the driver's monotonic clock.
 */
import type { GatewayError } from './errors.ts';

/** A model version, `name@version`. */
export type ModelKey = string;
export type JobId = string;
export type WorkerId = number;
export type WorkerKind = 'reserved' | 'on-demand';

export interface JobRequest {
  readonly id: JobId;
  readonly model: ModelKey;
  /** Absolute time after which nobody wants the answer; `Infinity` for none. */
  readonly deadlineAt: number;
}

/** What the scheduler knows of a job at the moment that it is bound to a worker: the scheduling half of a receipt. */
export interface Binding {
  readonly job: JobId;
  readonly queueMs: number;
  readonly predictedWaitMs: number;
  /** The job waited for a worker that was not warm yet when it arrived. */
  readonly coldStart: boolean;
  readonly reason: string;
}

export type Command =
  | {
      readonly type: 'start';
      readonly worker: WorkerId;
      readonly kind: WorkerKind;
      readonly model: ModelKey;
      readonly reason: string;
    }
  /** `failed`: it ran over a limit, as opposed to not being needed. */
  | { readonly type: 'stop'; readonly worker: WorkerId; readonly reason: string; readonly failed: boolean }
  | {
      readonly type: 'dispatch';
      readonly worker: WorkerId;
      readonly kind: WorkerKind;
      readonly batch: readonly Binding[];
    }
  /** The job gets this error now; whatever a worker still computes for it is thrown away. */
  | { readonly type: 'reject'; readonly job: JobId; readonly error: GatewayError }
  /** Call `tick` at this time (or not at all: `Infinity`); replaces the one before. */
  | { readonly type: 'wakeAt'; readonly at: number };

/** The numbers that the rules use. */
export interface SchedulerOptions {
  /** Most workers at once, reserved and on-demand, those starting and stopping included. */
  readonly maxWorkers: number;
  /** Most requests waiting at once, all models together. */
  readonly queueLimit: number;
  /** How long an on-demand worker stays without work, in ms. */
  readonly keepAliveMs: number;
  /** Longest one dispatch may run before its worker is terminated, in ms. */
  readonly taskTimeoutMs: number;
  /** Longest start of a worker until it counts as failed, in ms. */
  readonly startTimeoutMs: number;
  /** Most requests of one model in one dispatch. */
  readonly maxBatch: number;
  readonly scaling: ScalingPolicy;
  /** Used until the first measurement of a model: service and cold-start time, in ms. */
  readonly assumed: { readonly serviceMs: number; readonly coldStartMs: number };
}

/** What a scaling policy may look at. */
interface ScalingView {
  /** Predicted wait of the last queued request, in ms, workers in start-up counted as capacity. */
  readonly predictedWaitMs: number;
  readonly serviceMs: number;
}

/** Says why one more on-demand worker is worth its start, or null if it is not. */
export type ScalingPolicy = (view: ScalingView) => string | null;

export type WorkerState = 'starting' | 'idle' | 'busy' | 'stopping';

export interface WorkerSnapshot {
  readonly id: WorkerId;
  readonly kind: WorkerKind;
  readonly model: ModelKey;
  readonly state: WorkerState;
  /** Dispatches finished so far. */
  readonly served: number;
}

interface ModelSnapshot {
  readonly model: ModelKey;
  readonly reserved: number;
  readonly queued: number;
  /** Estimates that the rules use at present, in ms. */
  readonly serviceMs: number;
  readonly coldStartMs: number;
}

/** Monotonic since the start of the process. */
export interface Counters {
  submitted: number;
  dispatched: number;
  finished: number;
  coldServed: number;
  rejected: number;
  expired: number;
  cancelled: number;
  /** Ran over the time limit, or lost two workers. */
  failed: number;
  retried: number;
  workersStarted: number;
  workersStopped: number;
  workersDied: number;
}

export interface SchedulerSnapshot {
  readonly workers: readonly WorkerSnapshot[];
  readonly models: readonly ModelSnapshot[];
  readonly counters: Readonly<Counters>;
}
