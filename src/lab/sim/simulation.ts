/**
 * One workload through the scheduler on virtual time. The reserved workers are warm when it begins, as behind a server
 * that is ready; time and worker-seconds are counted from then to the last answer.
 */
import type { Command, JobId, SchedulerSnapshot } from '../../core/contracts/types.ts';
import type { SchedulerOptions } from '../../core/options.ts';
import { Scheduler } from '../../core/scheduler.ts';
import { figuresOf } from '../report/figures.ts';
import { type Gauges, RunRecorder } from '../report/recorder.ts';
import type { Run } from '../report/run.ts';
import type { ClosedWorkload, OpenWorkload, Workload } from '../workload/workload.ts';
import { Agenda } from './agenda.ts';
import { type Refusal, VirtualWorkers, type World } from './virtual-workers.ts';

export interface Simulation {
  /** Of the run in the report. */
  readonly name: string;
  readonly workload: Workload;
  readonly scheduler: SchedulerOptions;
  readonly reserved: number;
  readonly world: World;
  /** From arrival, in ms; none by default. */
  readonly deadlineMs?: number;
  /** How many samples over time the run has for its charts. */
  readonly samples: number;
  /** Sees every command, at its time from the start. */
  readonly onCommands?: (atMs: number, commands: readonly Command[]) => void;
}

const MODEL = 'model';

export function simulate(simulation: Simulation): Run {
  return new Simulator(simulation).run();
}

interface Open {
  readonly arrivedAt: number;
  /** What follows the answer or the refusal. */
  readonly then: ((refusal: Refusal | null) => void) | null;
}

/** Whoever is refused, and not told when to come back, comes back after so long, in ms. */
const COME_BACK_MS = 1_000;

class Simulator {
  readonly #simulation: Simulation;
  readonly #agenda = new Agenda();
  readonly #scheduler: Scheduler;
  readonly #workers: VirtualWorkers;
  readonly #open = new Map<JobId, Open>();
  readonly #recorder: RunRecorder;
  /** When the reserved workers are warm and the workload begins. */
  #startAt = 0;
  /** The account of the start of the reserved workers, which is not of the run. */
  readonly #before: SchedulerSnapshot;
  #running = false;
  #lastAnswerAt = 0;
  #jobs = 0;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    const { scheduler, world, workload, reserved, samples, onCommands } = simulation;
    this.#scheduler = new Scheduler(scheduler);
    this.#workers = new VirtualWorkers(this.#scheduler, this.#agenda, world, {
      answered: (job, refusal) => this.#answered(job, refusal),
      commanded: (commands) => {
        if (this.#running) onCommands?.(this.#now, commands);
      },
    });
    this.#recorder = new RunRecorder(Math.max(1, workload.durationMs / samples), () => this.#gauges());
    if (reserved > 0) this.#workers.provision(MODEL, reserved);
    const starting = () => this.#scheduler.snapshot(this.#agenda.now).workers.some(({ state }) => state === 'starting');
    while (starting() && this.#agenda.step(Number.POSITIVE_INFINITY)) {}
    this.#startAt = this.#agenda.now;
    this.#before = this.#scheduler.snapshot(this.#startAt);
  }

  run(): Run {
    const { workload, name } = this.#simulation;
    this.#running = true;
    if (workload.kind === 'open') this.#arrive(workload);
    else this.#let(workload);
    const endAt = this.#startAt + workload.durationMs;
    for (;;) {
      // The gauges of an interval are read before anything of the next one happens.
      const { nextAt } = this.#agenda;
      if (nextAt === Number.POSITIVE_INFINITY || (nextAt > endAt && this.#open.size === 0)) break;
      this.#recorder.advance(nextAt - this.#startAt);
      this.#agenda.step(nextAt);
    }
    const endMs = Math.max(workload.durationMs, this.#lastAnswerAt);
    const after = this.#scheduler.snapshot(this.#startAt + endMs);
    return this.#recorder.run(name, figuresOf(this.#before, after), endMs);
  }

  /** From the start of the workload, in ms. */
  get #now(): number {
    return this.#agenda.now - this.#startAt;
  }

  /** One arrival at a time is planned: a workload of any length needs no memory. */
  #arrive(workload: OpenWorkload): void {
    const times = workload.arrivals()[Symbol.iterator]();
    const next = () => {
      const { value, done } = times.next();
      if (done) return;
      this.#agenda.add(this.#startAt + value, () => {
        this.#submit(null);
        next();
      });
    };
    next();
  }

  /** Users come with their step and send one request after the other; with a lower step the last ones leave. */
  #let({ steps, thinkMs, durationMs }: ClosedWorkload): void {
    const present = new Set<number>();
    let wanted = 0;
    const send = (user: number) => {
      if (user >= wanted || this.#now >= durationMs) present.delete(user);
      else this.#submit((refusal) => this.#later(user, refusal, thinkMs, send));
    };
    for (const step of steps) {
      this.#agenda.add(this.#startAt + step.fromMs, () => {
        wanted = step.users;
        for (let user = 0; user < wanted; user++) {
          if (present.has(user)) continue;
          present.add(user);
          send(user);
        }
      });
    }
  }

  /** After an answer the user thinks; after a refusal it comes back when it was told to. */
  #later(user: number, refusal: Refusal | null, thinkMs: number, send: (user: number) => void): void {
    const waitMs = refusal ? (refusal.retryAfterMs ?? COME_BACK_MS) : thinkMs;
    this.#agenda.add(this.#agenda.now + waitMs, () => send(user));
  }

  #submit(then: Open['then']): void {
    const { deadlineMs = Number.POSITIVE_INFINITY } = this.#simulation;
    const { now } = this.#agenda;
    const id = `${this.#jobs++}`;
    this.#open.set(id, { arrivedAt: now, then });
    this.#workers.submit({ id, model: MODEL, priority: 'interactive', deadlineAt: now + deadlineMs });
  }

  #answered(job: JobId, refusal: Refusal | null): void {
    const open = this.#open.get(job);
    if (!open) return;
    this.#open.delete(job);
    this.#lastAnswerAt = this.#now;
    this.#recorder.answer(this.#now, this.#agenda.now - open.arrivedAt, refusal?.code ?? null);
    open.then?.(refusal);
  }

  #gauges(): Gauges {
    const { workers, models, counters } = this.#scheduler.snapshot(this.#agenda.now);
    const gauges = { reserved: 0, reservedBusy: 0, onDemand: 0, onDemandBusy: 0, starting: 0 };
    for (const { kind, state } of workers) {
      if (state === 'starting') gauges.starting++;
      if (state !== 'idle' && state !== 'busy') continue;
      gauges[kind === 'reserved' ? 'reserved' : 'onDemand']++;
      if (state === 'busy') gauges[kind === 'reserved' ? 'reservedBusy' : 'onDemandBusy']++;
    }
    const queued = models.reduce((sum, model) => sum + model.queued, 0);
    const coldStarts = counters.workersStarted - this.#before.counters.workersStarted;
    return { ...gauges, queued, coldStarts, inFlight: this.#open.size, memoryBytes: null };
  }
}
