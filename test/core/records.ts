/** What the virtual pool is told about its world, and what it remembers. */
import type { GatewayError } from '../../src/core/errors.ts';
import type { Command, JobId, ModelKey, SchedulerSnapshot, WorkerId } from '../../src/core/types.ts';
import type { Appointment } from './agenda.ts';

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
  readonly submittedAt: number;
  readonly deadlineAt: number;
  state: 'waiting' | 'running' | 'over';
  attempts: number;
  endedAt: number;
  /** The worker that answered. */
  answeredBy: WorkerId | null;
  error: GatewayError | null;
}

export interface WorkerRecord {
  readonly model: ModelKey;
  readonly startedAt: number;
  batch: readonly JobId[] | null;
  busySince: number;
  warm: boolean;
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
