/** The scheduler's driver on virtual time: pretend workers that take as long as they are told to. */
import type { GatewayError } from '../../core/contracts/errors.ts';
import type { Command, JobId, JobRequest, ModelKey, WorkerId } from '../../core/contracts/types.ts';
import type { Scheduler } from '../../core/scheduler.ts';
import type { Agenda, Appointment } from './agenda.ts';

/** How long things take, in ms. */
export interface World {
  /** One dispatch of so many requests. */
  readonly serviceMs: (batchSize: number) => number;
  readonly coldStartMs: () => number;
  /** From the order to stop to the end of the thread. */
  readonly stopMs: number;
}

export interface Listener {
  /** The job is answered, or refused; the answer of a job that was refused before counts for nothing. */
  answered(job: JobId, refusal: Refusal | null): void;
  commanded(commands: readonly Command[]): void;
}

export type Refusal = Pick<GatewayError, 'code' | 'retryAfterMs'>;

export class VirtualWorkers {
  readonly #scheduler: Scheduler;
  readonly #agenda: Agenda;
  readonly #world: World;
  readonly #listener: Listener;
  readonly #running = new Map<WorkerId, Appointment>();
  #timer: Appointment | null = null;

  constructor(scheduler: Scheduler, agenda: Agenda, world: World, listener: Listener) {
    this.#scheduler = scheduler;
    this.#agenda = agenda;
    this.#world = world;
    this.#listener = listener;
  }

  submit(request: JobRequest): void {
    this.#execute(this.#scheduler.submit(this.#agenda.now, request));
  }

  provision(model: ModelKey, reserved: number): void {
    this.#execute(this.#scheduler.provision(this.#agenda.now, model, reserved));
  }

  #execute(commands: readonly Command[]): void {
    if (commands.length > 0) this.#listener.commanded(commands);
    for (const command of commands) {
      switch (command.type) {
        case 'dispatch':
          this.#dispatch(command);
          break;
        case 'wakeAt':
          this.#wakeAt(command.at);
          break;
        case 'start':
          this.#in(command.worker, this.#world.coldStartMs(), () => this.#ready(command.worker));
          break;
        case 'stop':
          (this.#running.get(command.worker) as Appointment).cancelled = true;
          this.#in(command.worker, this.#world.stopMs, () => this.#gone(command.worker));
          break;
        case 'reject':
          this.#listener.answered(command.job, command.error);
          break;
        default:
          command satisfies never;
      }
    }
  }

  #in(worker: WorkerId, ms: number, action: () => void): void {
    this.#running.set(worker, this.#agenda.add(this.#agenda.now + ms, action));
  }

  #ready(worker: WorkerId): void {
    this.#execute(this.#scheduler.workerReady(this.#agenda.now, worker));
  }

  #gone(worker: WorkerId): void {
    this.#running.delete(worker);
    this.#execute(this.#scheduler.workerGone(this.#agenda.now, worker));
  }

  #dispatch({ worker, batch }: Extract<Command, { type: 'dispatch' }>): void {
    this.#in(worker, this.#world.serviceMs(batch.length), () => {
      // First, because it rejects those that are too late.
      this.#execute(this.#scheduler.finished(this.#agenda.now, worker));
      for (const { job } of batch) this.#listener.answered(job, null);
    });
  }

  #wakeAt(at: number): void {
    if (this.#timer) this.#timer.cancelled = true;
    this.#timer = this.#agenda.add(at, () => this.#execute(this.#scheduler.tick(this.#agenda.now)));
  }
}
