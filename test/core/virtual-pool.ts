/**
 * A driver of the scheduler on virtual time: it executes the commands with pretend workers and records what becomes of
 * each job. It keeps the driver's side of the contract (start → ready or gone, dispatch → finished or gone, stop →
 * gone, wakeAt → tick) and throws when the scheduler breaks its own.
 */
import { targetWait } from '../../src/core/policies/scaling.ts';
import { Scheduler } from '../../src/core/scheduler.ts';
import type { Command, JobId, ModelKey, SchedulerOptions, WorkerId } from '../../src/core/types.ts';
import { Agenda, type Appointment } from './agenda.ts';
import type { Entry, Fate, JobRecord, WorkerRecord, World } from './records.ts';

/** Sees every command before it is executed, and the pool after every input. */
export interface Watcher {
  command(command: Command, pool: VirtualPool): void;
  settled(entry: Entry, pool: VirtualPool): void;
}

const MOST_INPUTS = 5_000;

export class VirtualPool {
  readonly options: SchedulerOptions;
  readonly scheduler: Scheduler;
  readonly log: Entry[] = [];
  readonly jobs = new Map<JobId, JobRecord>();
  readonly workers = new Map<WorkerId, WorkerRecord>();
  /** The worker whose thread ended last. */
  lastGone: WorkerRecord | null = null;
  readonly #world: World;
  readonly #watcher: Watcher | undefined;
  readonly #agenda = new Agenda();
  #timer: Appointment | null = null;
  #wakeAt = Number.POSITIVE_INFINITY;

  constructor(options: Partial<SchedulerOptions> = {}, world: Partial<World> = {}, watcher?: Watcher) {
    const assumed = { serviceMs: 100, coldStartMs: 300 };
    const timeouts = { taskTimeoutMs: 5_000, startTimeoutMs: 60_000 };
    const limits = { maxWorkers: 4, queueLimit: 100, keepAliveMs: 1_000, maxBatch: 1, ...timeouts };
    this.options = { ...limits, assumed, scaling: targetWait(null), ...options };
    this.#world = { start: () => ({ ms: 300 }), serve: () => ({ ms: 100 }), stopMs: 10, lateMs: 0, ...world };
    this.#watcher = watcher;
    this.scheduler = new Scheduler(this.options);
  }

  get now(): number {
    return this.#agenda.now;
  }

  /** When the timer rings next. */
  get wakeAt(): number {
    return this.#wakeAt;
  }

  submit(id: JobId, model: ModelKey = 'a', deadlineMs = Number.POSITIVE_INFINITY): readonly Command[] {
    const job = { id, model, submittedAt: this.now, deadlineAt: this.now + deadlineMs };
    this.jobs.set(id, { ...job, state: 'waiting', attempts: 0, endedAt: Number.NaN, answeredBy: null, error: null });
    return this.#input(`submit ${id}`, () => this.scheduler.submit(this.now, job));
  }

  cancel(id: JobId): readonly Command[] {
    return this.#input(`cancel ${id}`, () => this.scheduler.cancel(this.now, id));
  }

  provision(reserved: number, model: ModelKey = 'a'): readonly Command[] {
    return this.#input(`provision ${model} ${reserved}`, () => this.scheduler.provision(this.now, model, reserved));
  }

  /** The thread of this worker ends now, whatever it was doing. */
  kill(id: WorkerId): readonly Command[] {
    const worker = this.#worker(id);
    worker.next?.cancel();
    this.workers.delete(id);
    this.lastGone = worker;
    if (!worker.stopped) this.#backToTheQueue(worker);
    return this.#input(`workerGone ${id}`, () => this.scheduler.workerGone(this.now, id));
  }

  /** At that time, do this. */
  at(time: number, action: () => void): void {
    this.#agenda.add(time, action);
  }

  runTo(time: number): this {
    this.#agenda.runTo(time);
    return this;
  }

  /** Runs until nothing is left to happen. */
  runToRest(): this {
    this.#agenda.runTo(Number.POSITIVE_INFINITY);
    return this;
  }

  job(id: JobId): JobRecord {
    const job = this.jobs.get(id);
    if (!job) throw new Error(`${id} was never submitted`);
    return job;
  }

  #worker(id: WorkerId): WorkerRecord {
    const worker = this.workers.get(id);
    if (!worker) throw new Error(`there is no worker ${id}`);
    return worker;
  }

  #input(input: string, feed: () => readonly Command[], answer?: (rejected: ReadonlySet<JobId>) => void) {
    if (this.log.length >= MOST_INPUTS) throw new Error(`the pool does not come to rest: ${MOST_INPUTS} inputs`);
    const due = this.#wakeAt;
    const commands = feed();
    answer?.(new Set(commands.flatMap((command) => (command.type === 'reject' ? [command.job] : []))));
    for (const command of commands) {
      this.#watcher?.command(command, this);
      this.#execute(command);
    }
    const entry: Entry = { at: this.now, input, due, commands, after: this.scheduler.snapshot() };
    this.log.push(entry);
    this.#watcher?.settled(entry, this);
    return commands;
  }

  #execute(command: Command): void {
    if (command.type === 'start') {
      if (this.workers.has(command.worker)) throw new Error(`worker ${command.worker} was started twice`);
      const worker = { model: command.model, startedAt: this.now, warm: false };
      this.workers.set(command.worker, { ...worker, batch: null, busySince: Number.NaN, next: null, stopped: false });
      this.#plan(command.worker, this.#world.start(command.model), () => this.#ready(command.worker));
    } else if (command.type === 'dispatch') {
      const batch = command.batch.map((binding) => binding.job);
      this.#dispatch(command.worker, batch);
      this.#plan(command.worker, this.#world.serve(batch), () => this.#finished(command.worker));
    } else if (command.type === 'stop') {
      const worker = this.#worker(command.worker);
      this.#backToTheQueue(worker);
      worker.stopped = true;
      this.at(this.now + this.#world.stopMs, () => {
        if (this.workers.has(command.worker)) this.kill(command.worker);
      });
    } else if (command.type === 'reject') {
      this.#end(command.job).error = command.error;
    } else {
      this.#timer?.cancel();
      this.#wakeAt = command.at;
      this.#timer = this.#agenda.add(command.at + this.#world.lateMs, () => this.#tick());
    }
  }

  #tick(): void {
    const ring = () => {
      this.#wakeAt = Number.POSITIVE_INFINITY;
      return this.scheduler.tick(this.now);
    };
    this.#input('tick', ring);
  }

  /** What the worker does now ends as its fate says; a hanging one does not end. */
  #plan(id: WorkerId, fate: Fate, well: () => void): void {
    const end = fate.dies ? () => this.kill(id) : well;
    this.#worker(id).next = this.#agenda.add(this.now + fate.ms, end);
  }

  #ready(id: WorkerId): void {
    this.#worker(id).warm = true;
    this.#input(`workerReady ${id}`, () => this.scheduler.workerReady(this.now, id));
  }

  #dispatch(id: WorkerId, batch: readonly JobId[]): void {
    const worker = this.#worker(id);
    if (!worker.warm || worker.batch) throw new Error(`worker ${id} was given a batch, but it is not free`);
    worker.batch = batch;
    worker.busySince = this.now;
    for (const job of batch.map((id) => this.job(id))) {
      if (job.state !== 'waiting') throw new Error(`${job.id} was dispatched, but it is ${job.state}`);
      job.state = 'running';
      job.attempts++;
    }
  }

  /** What ran on a worker that dies or is stopped, and was not rejected with it. */
  #backToTheQueue({ batch }: WorkerRecord): void {
    for (const job of batch ?? []) if (this.job(job).state === 'running') this.job(job).state = 'waiting';
  }

  /** Answers what the scheduler does not reject in the same breath. */
  #finished(id: WorkerId): void {
    const worker = this.#worker(id);
    const batch = worker.batch ?? [];
    worker.batch = null;
    const answer = (rejected: ReadonlySet<JobId>) => {
      for (const job of batch) {
        if (!worker.stopped && this.job(job).state === 'running' && !rejected.has(job)) this.#end(job).answeredBy = id;
      }
    };
    this.#input(`finished ${id}`, () => this.scheduler.finished(this.now, id), answer);
  }

  #end(id: JobId): JobRecord {
    const job = this.job(id);
    if (job.state === 'over') throw new Error(`${id} was answered or rejected twice`);
    job.state = 'over';
    job.endedAt = this.now;
    return job;
  }
}
