/**
 * A driver of the scheduler on virtual time: it executes the commands with pretend workers and records what becomes of
 * each job. It keeps the driver's side of the contract (start → ready or gone, dispatch → finished or gone, stop →
 * gone, wakeAt → tick) and throws when the scheduler breaks its own.
 */
import type {
  Command,
  JobId,
  ModelKey,
  Priority,
  SchedulerSnapshot,
  WorkerId,
} from '../../src/core/contracts/types.ts';
import type { SchedulerOptions } from '../../src/core/options.ts';
import { fixedKeepAlive } from '../../src/core/policies/keep-alive.ts';
import { targetWait } from '../../src/core/policies/target-wait.ts';
import { Scheduler } from '../../src/core/scheduler.ts';
import { Agenda, type Appointment } from '../../src/lab/sim/agenda.ts';
import { type Entry, type Fate, isWarm, type JobRecord, type WorkerRecord, type World } from './records.ts';
import { runTo } from './run-to.ts';
import { Line } from './state/line.ts';

/** Sees every command before it is executed, and the pool after every input. */
export interface Watcher {
  command(command: Command, pool: VirtualPool): void;
  settled(entry: Entry, pool: VirtualPool): void;
}

const MOST_INPUTS = 20_000;

const DEFAULTS: SchedulerOptions = {
  maxWorkers: 4,
  queueLimit: 100,
  bulkShare: 0.2,
  patienceMs: 60_000,
  taskTimeoutMs: 5_000,
  startTimeoutMs: 60_000,
  maxBatch: 1,
  maxBulkBatch: 8,
  batchDelayMs: 0,
  scaling: targetWait(100),
  keepAlive: fixedKeepAlive(1_000),
  random: () => 0,
  assumed: { serviceMs: 100, coldStartMs: 300 },
};

export class VirtualPool {
  readonly options: SchedulerOptions;
  readonly scheduler: Scheduler;
  readonly log: Entry[] = [];
  readonly jobs = new Map<JobId, JobRecord>();
  /** Those that are not over, in the order of their arrival. */
  readonly open = new Set<JobRecord>();
  /** Those that ended with the latest input. */
  readonly ended: JobRecord[] = [];
  readonly workers = new Map<WorkerId, WorkerRecord>();
  readonly line: Line;
  /** The worker whose thread ended last. */
  lastGone: WorkerRecord | null = null;
  /** Workers that never took a request which would have waited without them. */
  readonly useless = new Set<WorkerId>();
  readonly #world: World;
  readonly #watcher: Watcher | undefined;
  readonly #agenda = new Agenda();
  #timer: Appointment | null = null;
  #wakeAt = Number.POSITIVE_INFINITY;

  constructor(options: Partial<SchedulerOptions> = {}, world: Partial<World> = {}, watcher?: Watcher) {
    this.options = { ...DEFAULTS, ...options };
    this.#world = { start: () => ({ ms: 300 }), serve: () => ({ ms: 100 }), stopMs: 10, lateMs: 0, ...world };
    this.#watcher = watcher;
    this.line = new Line(this.open, this.options.bulkShare);
    this.scheduler = new Scheduler(this.options);
  }

  get now(): number {
    return this.#agenda.now;
  }

  /** When the timer rings next. */
  get wakeAt(): number {
    return this.#wakeAt;
  }

  snapshot(): SchedulerSnapshot {
    return this.scheduler.snapshot(this.now);
  }

  submit(
    id: JobId,
    model: ModelKey = 'a',
    deadlineMs = Number.POSITIVE_INFINITY,
    priority: Priority = 'interactive',
  ): readonly Command[] {
    const deadlineAt = this.now + deadlineMs;
    const orderedBy = Math.min(deadlineAt, this.now + this.options.patienceMs);
    const asked = { id, model, priority, submittedAt: this.now, deadlineAt, orderedBy };
    const fate = { bindings: [], returned: 0, endedAt: Number.NaN, answeredBy: null, error: null };
    const job: JobRecord = { ...asked, state: 'waiting', ...fate };
    this.jobs.set(id, job);
    this.open.add(job);
    const request = { id, model, priority, deadlineAt };
    return this.#input(`submit ${id}`, () => this.scheduler.submit(this.now, request));
  }

  cancel(id: JobId): readonly Command[] {
    return this.#input(`cancel ${id}`, () => this.scheduler.cancel(this.now, id));
  }

  provision(reserved: number, model: ModelKey = 'a'): readonly Command[] {
    const provision = () => this.scheduler.provision(this.now, model, reserved);
    return this.#input(`provision ${model} ${reserved}`, provision);
  }

  /** The thread of this worker ends now, whatever it was doing. */
  kill(id: WorkerId): readonly Command[] {
    const worker = this.#worker(id);
    this.workers.delete(id);
    this.lastGone = worker;
    if (worker.next) worker.next.cancelled = true;
    if (!worker.stopped) this.#backToTheQueue(worker);
    return this.#input(`workerGone ${id}`, () => this.scheduler.workerGone(this.now, id));
  }

  /** The timer rings, or a tick comes before its time: that must do no harm. */
  tick(): readonly Command[] {
    const ring = () => {
      this.#wakeAt = Number.POSITIVE_INFINITY;
      if (this.#timer) this.#timer.cancelled = true;
      return this.scheduler.tick(this.now);
    };
    return this.#input('tick', ring);
  }

  /** At that time, do this. */
  at(time: number, action: () => void): void {
    this.#agenda.add(time, action);
  }

  runTo(time: number): this {
    runTo(this.#agenda, time);
    return this;
  }

  /** Runs until nothing is left to happen. */
  runToRest(): this {
    return this.runTo(Number.POSITIVE_INFINITY);
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

  #input(
    input: string,
    feed: () => readonly Command[],
    answer?: (rejected: ReadonlySet<JobId>) => void,
  ): readonly Command[] {
    if (this.log.length >= MOST_INPUTS) throw new Error(`the pool does not come to rest: ${MOST_INPUTS} inputs`);
    const due = this.#wakeAt;
    this.ended.length = 0;
    const commands = feed();
    answer?.(new Set(commands.flatMap((command) => (command.type === 'reject' ? [command.job] : []))));
    for (const command of commands) {
      this.#watcher?.command(command, this);
      this.#execute(command);
    }
    const entry: Entry = { at: this.now, input, due, commands, after: this.snapshot() };
    this.log.push(entry);
    this.#expect(entry);
    this.#watcher?.settled(entry, this);
    return commands;
  }

  /** When what begins now should be over, as the scheduler estimates it now. */
  #expect({ commands, after }: Entry): void {
    for (const command of commands) {
      if (command.type !== 'start' && command.type !== 'dispatch') continue;
      const worker = this.#worker(command.worker);
      const { serviceMs = 0, coldStartMs = 0 } = after.models.find(({ model }) => model === worker.model) ?? {};
      worker.dueAt = this.now + (command.type === 'start' ? coldStartMs : command.batch.length * serviceMs);
    }
  }

  #execute(command: Command): void {
    if (command.type === 'start') {
      this.#start(command);
    } else if (command.type === 'dispatch') {
      this.#dispatch(command);
    } else if (command.type === 'stop') {
      this.#stop(this.#worker(command.worker));
    } else if (command.type === 'reject') {
      this.#end(command.job).error = command.error;
    } else {
      if (this.#timer) this.#timer.cancelled = true;
      this.#wakeAt = command.at;
      this.#timer = this.#agenda.add(command.at + this.#world.lateMs, () => this.tick());
    }
  }

  #start({ worker: id, model, kind, reason }: Command & { type: 'start' }): void {
    if (this.workers.has(id)) throw new Error(`worker ${id} was started twice`);
    const times = { startedAt: this.now, warmAt: Number.NaN, busySince: Number.NaN, dueAt: Number.NaN };
    // Spill starts each worker for the request whose turn it is.
    const job = this.options.scaling.name === 'spill' && kind === 'on-demand' ? this.line.head(model) : undefined;
    if (job) job.state = 'bound';
    const record = { id, model, reason, ...times, batch: job ? [job.id] : null, next: null };
    this.workers.set(id, { ...record, stopped: false });
    this.useless.add(id);
    this.#plan(id, this.#world.start(model), () => this.#ready(id));
  }

  /** What the worker does now ends as its fate says; a hanging one does not end. */
  #plan(id: WorkerId, fate: Fate, well: () => void): void {
    const end = fate.dies ? () => this.kill(id) : well;
    this.#worker(id).next = this.#agenda.add(this.now + fate.ms, end);
  }

  #ready(id: WorkerId): void {
    const worker = this.#worker(id);
    worker.warmAt = this.now;
    this.#input(`workerReady ${id}`, () => this.scheduler.workerReady(this.now, id));
  }

  #dispatch({ worker: id, batch }: Command & { type: 'dispatch' }): void {
    const worker = this.#worker(id);
    const jobs = batch.map(({ job }) => this.job(job));
    const bound = jobs.every((job) => job.state === 'bound' && worker.batch?.includes(job.id));
    const free = isWarm(worker) && !worker.stopped && worker.batch === null;
    if (!bound && !free) throw new Error(`worker ${id} was given a batch, but it is not free`);
    const others = [...this.workers.values()].filter((other) => other !== worker && other.model === worker.model);
    if (!others.some((other) => isWarm(other) && !other.stopped && other.batch === null)) this.useless.delete(id);
    worker.batch = jobs.map((job) => job.id);
    worker.busySince = this.now;
    if (!bound) this.line.dispatched(worker.model, jobs[0]?.priority ?? 'interactive', jobs.length);
    for (const [i, job] of jobs.entries()) {
      if (job.state !== 'waiting' && !bound) throw new Error(`${job.id} was dispatched, but it is ${job.state}`);
      job.state = 'running';
      job.bindings.push(...batch.slice(i, i + 1));
    }
    this.#plan(id, this.#world.serve(worker.batch), () => this.#finished(id));
  }

  #stop(worker: WorkerRecord): void {
    this.#backToTheQueue(worker);
    worker.stopped = true;
    this.at(this.now + this.#world.stopMs, () => {
      if (this.workers.has(worker.id)) this.kill(worker.id);
    });
  }

  /** What a worker that dies or is stopped had in its hands, and was not rejected with it. */
  #backToTheQueue({ batch }: WorkerRecord): void {
    for (const job of batch?.map((id) => this.job(id)) ?? []) {
      const inTime = this.now < job.deadlineAt;
      if (job.state === 'running' && job.bindings.length < 2 && inTime) job.returned++;
      if (job.state !== 'over') job.state = 'waiting';
    }
  }

  /** Answers what the scheduler does not reject in the same breath. */
  #finished(id: WorkerId): void {
    const worker = this.#worker(id);
    const batch = worker.batch ?? [];
    const answer = (rejected: ReadonlySet<JobId>) => {
      if (worker.stopped) return;
      worker.batch = null;
      for (const job of batch) {
        if (this.job(job).state === 'running' && !rejected.has(job)) this.#end(job).answeredBy = id;
      }
    };
    this.#input(`finished ${id}`, () => this.scheduler.finished(this.now, id), answer);
  }

  #end(id: JobId): JobRecord {
    const job = this.job(id);
    if (job.state === 'over') throw new Error(`${id} was answered or rejected twice`);
    // Its worker goes on starting, for nobody.
    if (job.state === 'bound')
      for (const worker of this.workers.values()) if (worker.batch?.includes(id)) worker.batch = null;
    job.state = 'over';
    job.endedAt = this.now;
    this.open.delete(job);
    this.ended.push(job);
    return job;
  }
}
