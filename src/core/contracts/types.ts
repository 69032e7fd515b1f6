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
/** Interactive requests go first; bulk ones keep a guaranteed share. */
export type Priority = 'interactive' | 'bulk';

export interface JobRequest {
  readonly id: JobId;
  readonly model: ModelKey;
  readonly priority: Priority;
  /** Absolute time after which nobody wants the answer; `Infinity` for none. */
  readonly deadlineAt: number;
}

/** What the scheduler knows of a job at the moment that it is given to a worker: the scheduling half of a receipt. */
export interface Binding {
  readonly job: JobId;
  readonly queueMs: number;
  readonly predictedWaitMs: number;
  /** The job waited for a worker that was not warm yet when it arrived. */
  readonly coldStart: boolean;
  /** The job was bound to that worker before it was warm, as only the policy `spill` does. */
  readonly spilled: boolean;
  /** Its first worker died, or ran over the time limit. */
  readonly retried: boolean;
  /** Why its worker was started. */
  readonly startReason: string;
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
  /** Call `tick` at this time at the latest; replaces the one before, which was later. */
  | { readonly type: 'wakeAt'; readonly at: number };

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
  /** How much slower a worker is while another one starts: 0.2 is 20 %. */
  readonly startSlowdown: number;
}

/** Monotonic since the start of the process. */
export interface Counters {
  submitted: number;
  /** Arrived while no worker of their model was idle: saturation as the requests met it. */
  metNoIdleWorker: number;
  dispatched: number;
  finished: number;
  /** Served after a wait for a worker that was not warm when they arrived. */
  coldServed: number;
  /** Bound to a worker before it was warm. */
  spilled: number;
  /** Refused on arrival, or because no worker can be had. */
  rejected: number;
  expired: number;
  cancelled: number;
  /** Ran over the time limit, or lost two workers. */
  failed: number;
  retried: number;
  workersStarted: number;
  workersStopped: number;
  workersDied: number;
  /** On-demand workers that ended without having shortened any wait. */
  uselessSpawns: number;
}

/** Time that workers spent, in ms, by kind and by what they did. `idle` includes the time from the order to stop on. */
export interface WorkerTime {
  readonly reserved: Readonly<Record<Activity, number>>;
  readonly 'on-demand': Readonly<Record<Activity, number>>;
}
export type Activity = 'starting' | 'idle' | 'busy';

export interface SchedulerSnapshot {
  readonly workers: readonly WorkerSnapshot[];
  readonly models: readonly ModelSnapshot[];
  readonly counters: Readonly<Counters>;
  readonly workerTime: WorkerTime;
  /** Time during which a request waited for want of an idle worker, in ms. */
  readonly saturatedMs: number;
  /** Difference between the predicted and the real wait of the last requests, in ms. */
  readonly waitError: { readonly p50Ms: number; readonly p95Ms: number };
}
