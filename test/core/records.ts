/** What the virtual pool is told about its world, and what it remembers. */
import type { GatewayError } from '../../src/core/contracts/errors.ts';
import type {
  Binding,
  Command,
  JobId,
  ModelKey,
  Priority,
  SchedulerSnapshot,
  WorkerId,
} from '../../src/core/contracts/types.ts';
import type { Appointment } from '../../src/lab/sim/agenda.ts';

/** How long something takes, `Infinity` if it hangs, and whether the worker is dead at the end of it. */
export interface Fate {
  readonly ms: number;
  readonly dies?: boolean;
}

export interface World {
  readonly start: (model: ModelKey) => Fate;
  readonly serve: (batch: readonly JobId[]) => Fate;
  /** From `stop` to the end of the thread. */
  readonly stopMs: number;
  /** How late the timer rings. */
  readonly lateMs: number;
}

export interface JobRecord {
  readonly id: JobId;
  readonly model: ModelKey;
  readonly priority: Priority;
  readonly submittedAt: number;
  readonly deadlineAt: number;
  /** Its deadline or, without one, the end of its patience. */
  readonly orderedBy: number;
  /** `bound`: to a worker that is not warm yet. */
  state: 'waiting' | 'bound' | 'running' | 'over';
  /** Each time that it was given to a worker. */
  readonly bindings: Binding[];
  /** How often it came back from a worker that ran it, to be tried again. */
  returned: number;
  endedAt: number;
  /** The worker that answered. */
  answeredBy: WorkerId | null;
  error: GatewayError | null;
}

export interface WorkerRecord {
  readonly id: WorkerId;
  readonly model: ModelKey;
  readonly reason: string;
  readonly startedAt: number;
  /** What it runs or, while it starts, what is bound to it. */
  batch: readonly JobId[] | null;
  busySince: number;
  /** When its start, or its task, should be over; that of a batch is at the latest proportional to its size. */
  dueAt: number;
  /** `NaN` until it is. */
  warmAt: number;
  next: Appointment | null;
  /** It was told to stop: what it still does counts for nothing. */
  stopped: boolean;
}

export interface Entry {
  readonly at: number;
  readonly input: string;
  /** When the scheduler wanted to be woken, before this input. */
  readonly due: number;
  readonly commands: readonly Command[];
  readonly after: SchedulerSnapshot;
}

export function isWarm(worker: WorkerRecord): boolean {
  return !Number.isNaN(worker.warmAt);
}
