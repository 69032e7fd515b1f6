/** What the inputs of the scheduler record and its rules read, and the few ways to change it that also emit a command. */
import { GatewayError } from './errors.ts';
import { type Job, Jobs } from './jobs.ts';
import { startBackoffMs } from './policies/backoff.ts';
import { evictable } from './policies/placement.ts';
import { type Model, Roster, type Worker } from './roster.ts';
import type { Command, Counters, SchedulerOptions, WorkerKind } from './types.ts';

export class State {
  readonly options: SchedulerOptions;
  readonly jobs = new Jobs();
  readonly roster: Roster;
  readonly counters: Counters = {
    submitted: 0,
    dispatched: 0,
    finished: 0,
    coldServed: 0,
    rejected: 0,
    expired: 0,
    cancelled: 0,
    failed: 0,
    retried: 0,
    workersStarted: 0,
    workersStopped: 0,
    workersDied: 0,
  };
  /** The time that the driver was last told to wake us at. */
  wakeAt = Number.POSITIVE_INFINITY;
  #commands: Command[] = [];

  constructor(options: SchedulerOptions) {
    this.options = options;
    this.roster = new Roster(options.assumed);
  }

  emit(command: Command): void {
    this.#commands.push(command);
  }

  takeCommands(): readonly Command[] {
    const commands = this.#commands;
    this.#commands = [];
    return commands;
  }

  /** True if a start was ordered. Without room it makes some, and a later settling starts once the place is free. */
  start(now: number, model: Model, kind: WorkerKind, reason: string): boolean {
    if (model.startAllowedAt > now) return false;
    if (this.roster.all().length >= this.options.maxWorkers) {
      this.#makeRoom(model, kind);
      return false;
    }
    const worker = this.roster.add(model, kind, now, reason);
    this.counters.workersStarted++;
    this.emit({ type: 'start', worker: worker.id, kind, model: model.key, reason });
    return true;
  }

  stop(worker: Worker, reason: string, failed = false): void {
    worker.state = 'stopping';
    this.counters.workersStopped++;
    this.emit({ type: 'stop', worker: worker.id, reason, failed });
  }

  /** The next start of this model waits for the back-off. */
  startFailed(model: Model, now: number): void {
    model.failedStarts++;
    model.startAllowedAt = now + startBackoffMs(model.failedStarts);
  }

  /** Back to its old place in the queue. */
  retry(job: Job): void {
    this.counters.retried++;
    this.jobs.requeue(job);
  }

  fail(job: Job, message: string): void {
    this.counters.failed++;
    this.reject(job, new GatewayError('WORKER_FAILED', message));
  }

  reject(job: Job, error: GatewayError): void {
    this.jobs.remove(job);
    this.emit({ type: 'reject', job: job.id, error });
  }

  /** A reserved worker, or the first one of a model, may take the place of an idle on-demand worker of another model. */
  #makeRoom(model: Model, kind: WorkerKind): void {
    const workers = this.roster.all();
    const entitled = kind === 'reserved' || this.roster.of(model).length === 0;
    if (!entitled || workers.some((worker) => worker.state === 'stopping')) return;
    const victim = evictable(workers.filter((worker) => worker.state === 'idle' && worker.model !== model));
    if (victim) this.stop(victim, `${model.key} needs its place`);
  }
}
