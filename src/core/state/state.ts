/** What the inputs of the scheduler record and its rules read, and the few ways to change it that also emit a command. */
import { GatewayError } from '../contracts/errors.ts';
import type { Command, Counters, WorkerKind } from '../contracts/types.ts';
import { SampleWindow } from '../estimates/sample-window.ts';
import type { SchedulerOptions } from '../options.ts';
import { startBackoffMs } from '../policies/backoff.ts';
import { evictable } from '../policies/placement.ts';
import { Jobs } from './jobs.ts';
import type { Job, Model, Worker } from './model.ts';
import { Roster } from './roster.ts';

/** Of how many requests the prediction of their wait is remembered. */
const REMEMBERED_WAITS = 512;

export class State {
  readonly options: SchedulerOptions;
  readonly jobs: Jobs;
  readonly roster: Roster;
  readonly counters: Counters = {
    submitted: 0,
    metNoIdleWorker: 0,
    dispatched: 0,
    finished: 0,
    coldServed: 0,
    spilled: 0,
    rejected: 0,
    expired: 0,
    cancelled: 0,
    failed: 0,
    retried: 0,
    workersStarted: 0,
    workersStopped: 0,
    workersDied: 0,
    uselessSpawns: 0,
  };
  /** By how much the predicted waits were wrong, in ms. */
  readonly waitErrors = new SampleWindow(REMEMBERED_WAITS);
  /** The time that the driver will wake us at. */
  wakeAt = Number.POSITIVE_INFINITY;
  /** The first time at which a start or a task may run over its limit: never later than that, sometimes sooner. */
  limitsAt = Number.POSITIVE_INFINITY;
  #commands: Command[] = [];

  constructor(options: SchedulerOptions) {
    this.options = options;
    this.jobs = new Jobs(options.patienceMs);
    this.roster = new Roster(options);
  }

  emit(command: Command): void {
    this.#commands.push(command);
  }

  takeCommands(): readonly Command[] {
    const commands = this.#commands;
    if (commands.length === 0) return NONE;
    this.#commands = [];
    return commands;
  }

  /** The pool is full, and the model is not entitled to a slot of another: to ask for a start would be in vain. */
  isOutOfReach(model: Model): boolean {
    return this.roster.size >= this.options.maxWorkers && model.workers.length > 0;
  }

  /**
   * Orders a start, `ahead` of any need or because of one. Without room it makes some, and a later settling starts once
   * the slot is free: null until then.
   */
  start(now: number, model: Model, kind: WorkerKind, reason: string, ahead = false): Worker | null {
    if (model.startAllowedAt > now) return null;
    if (this.roster.size >= this.options.maxWorkers) {
      if (kind === 'reserved' || (model.workers.length === 0 && model.queue.size > 0)) this.#makeRoom(now, model);
      return null;
    }
    const worker = this.roster.add(model, kind, now, reason, ahead);
    this.limitsAt = Math.min(this.limitsAt, this.limitOf(worker));
    this.counters.workersStarted++;
    this.emit({ type: 'start', worker: worker.id, kind, model: model.key, reason });
    return worker;
  }

  /** The worker gets to work. */
  begin(now: number, worker: Worker, batchSize: number): void {
    const { model } = worker;
    this.roster.setState(worker, 'busy', now);
    worker.batchSize = batchSize;
    worker.dueAt = now + model.service.time.of(batchSize);
    worker.besideStart = this.roster.anyStarting();
    this.limitsAt = Math.min(this.limitsAt, this.limitOf(worker));
  }

  /** When what a worker does runs over its limit; `Infinity` if that has none. */
  limitOf({ state, since }: Worker): number {
    if (state === 'starting') return since + this.options.startTimeoutMs;
    return state === 'busy' ? since + this.options.taskTimeoutMs : Number.POSITIVE_INFINITY;
  }

  stop(now: number, worker: Worker, reason: string, failed = false): void {
    this.#countUseless(worker);
    this.roster.setState(worker, 'stopping', now);
    this.counters.workersStopped++;
    this.emit({ type: 'stop', worker: worker.id, reason, failed });
  }

  /** The thread of a worker has ended by itself. */
  died(now: number, worker: Worker): void {
    this.#countUseless(worker);
    this.counters.workersDied++;
    if (worker.state === 'starting') this.startFailed(worker.model, now);
  }

  /** The next start of this model waits for the back-off. */
  startFailed(model: Model, now: number): void {
    model.failedStarts++;
    model.startAllowedAt = now + startBackoffMs(model.failedStarts);
  }

  /** Back to where it was in the queue; a request that was only bound to its worker was never tried. */
  retry(job: Job): void {
    if (job.worker?.state !== 'starting') this.counters.retried++;
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

  #countUseless(worker: Worker): void {
    if (worker.startedAs === 'on-demand' && !worker.useful) this.counters.uselessSpawns++;
  }

  /** A reserved worker, or the first one that a request waits for, takes the slot of another model's idle worker. */
  #makeRoom(now: number, model: Model): void {
    if (this.roster.anyStopping()) return;
    const idle = this.roster.models().flatMap((other) => (other === model ? [] : other.idle['on-demand']));
    const victim = evictable(idle);
    if (victim) this.stop(now, victim, `${model.key} needs its slot`);
  }
}

const NONE: readonly Command[] = [];
