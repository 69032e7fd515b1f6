/**
 * The live driver of the scheduler: real time, real threads. It turns what happens into the scheduler's inputs and
 * executes the commands that come back; it decides nothing. It owns every worker and the one timer.
 */
import { GatewayError } from '../core/contracts/errors.ts';
import type { Clock, ColdStartPhases, EventSink } from '../core/contracts/ports.ts';
import type {
  Binding,
  Command,
  JobId,
  ModelKey,
  Priority,
  SchedulerSnapshot,
  WorkerId,
  WorkerKind,
} from '../core/contracts/types.ts';
import type { Scheduler } from '../core/scheduler.ts';
import type { Picture } from '../worker/picture.ts';
import type { Outcome } from '../worker/protocol.ts';

/** What the pool needs of a worker; `WorkerSlot` is the real one. */
export interface PoolWorker {
  warmUp(): Promise<ColdStartPhases>;
  run(pictures: readonly Picture[]): Promise<readonly Outcome[]>;
  stop(why: string): Promise<void>;
}

/** `onEnded` must be called once, when the thread is gone, asked to or not. */
export type SpawnWorker = (model: ModelKey, onEnded: (why: string) => void) => PoolWorker;

export interface PoolRequest {
  readonly id: JobId;
  readonly model: ModelKey;
  readonly priority: Priority;
  readonly picture: Picture;
  /**
   * Called once, when no worker reads the picture any more: with the answer, or, if the request was cancelled or expired
   * while it ran, when its worker is done with it.
   */
  readonly onReleased: () => void;
  /** From now, in ms; `Infinity` for none. */
  readonly deadlineMs: number;
  /** Aborted when nobody wants the answer any more. */
  readonly signal: AbortSignal;
}

export interface PoolAnswer {
  readonly probabilities: Float32Array;
  readonly worker: WorkerId;
  readonly kind: WorkerKind;
  readonly batchSize: number;
  readonly binding: Binding;
  readonly decodeMs: number;
  readonly inferMs: number;
  readonly totalMs: number;
}

export interface PoolStats extends SchedulerSnapshot {
  readonly coldStarts: ReadonlyMap<WorkerId, ColdStartPhases>;
}

interface Pending {
  readonly request: PoolRequest;
  readonly submittedAt: number;
  /** Answered or rejected. */
  settled: boolean;
  /** Workers that read the picture: two, if one is being ended while another already tries again. */
  readers: number;
  settle(result: PoolAnswer | GatewayError): void;
}

interface LiveWorker {
  readonly worker: PoolWorker;
  readonly model: ModelKey;
  coldStart: ColdStartPhases | null;
  /** What it was given last; empty once it is done with it. */
  batch: readonly Pending[];
  /** It was told to stop: null if not yet, else why. */
  stopped: 'not needed' | 'failed' | null;
}

export interface WarmPoolParts {
  readonly scheduler: Scheduler;
  readonly clock: Clock;
  readonly events: EventSink;
  readonly spawn: SpawnWorker;
}

export class WarmPool {
  readonly #scheduler: Scheduler;
  readonly #clock: Clock;
  readonly #events: EventSink;
  readonly #spawn: SpawnWorker;
  readonly #workers = new Map<WorkerId, LiveWorker>();
  readonly #pending = new Map<JobId, Pending>();
  #cancelWakeUp = () => {};
  #phase: 'open' | 'closed' = 'open';

  constructor({ scheduler, clock, events, spawn }: WarmPoolParts) {
    this.#scheduler = scheduler;
    this.#clock = clock;
    this.#events = events;
    this.#spawn = spawn;
  }

  /** Rejects with a GatewayError only. */
  submit(request: PoolRequest): Promise<PoolAnswer> {
    const { id, model, priority, deadlineMs, signal } = request;
    return new Promise((resolve, reject) => {
      const now = this.#clock.now();
      const onAbort = () => this.#execute(this.#scheduler.cancel(this.#clock.now(), id));
      const pending: Pending = {
        request,
        submittedAt: now,
        settled: false,
        readers: 0,
        settle: (result) => {
          signal.removeEventListener('abort', onAbort);
          this.#pending.delete(id);
          pending.settled = true;
          if (pending.readers === 0) request.onReleased();
          if (result instanceof GatewayError) reject(result);
          else resolve(result);
        },
      };
      if (this.#phase === 'closed')
        return pending.settle(new GatewayError('OVERLOADED', 'The gateway is shutting down.'));
      if (signal.aborted) return pending.settle(new GatewayError('CANCELLED', 'The request was cancelled.'));
      signal.addEventListener('abort', onAbort, { once: true });
      this.#pending.set(id, pending);
      const deadlineAt = now + deadlineMs;
      this.#execute(this.#scheduler.submit(now, { id, model, priority, deadlineAt }));
    });
  }

  /** Sets how many workers of a model are always warm. Throws BAD_USER_INPUT if they do not fit. */
  provision(model: ModelKey, reserved: number): void {
    this.#execute(this.#scheduler.provision(this.#clock.now(), model, reserved));
  }

  /** True while every worker that is to be reserved is warm. */
  isReady(): boolean {
    const { workers, models } = this.#scheduler.snapshot(this.#clock.now());
    return models.every(({ model, reserved }) => {
      const ours = workers.filter((worker) => worker.model === model && worker.kind === 'reserved');
      return ours.filter(({ state }) => state === 'idle' || state === 'busy').length >= reserved;
    });
  }

  stats(): PoolStats {
    const coldStarts = new Map<WorkerId, ColdStartPhases>();
    for (const [id, { coldStart }] of this.#workers) if (coldStart) coldStarts.set(id, coldStart);
    return { ...this.#scheduler.snapshot(this.#clock.now()), coldStarts };
  }

  /** Ends every worker. What is still pending fails: wait for it before, if it matters. */
  async close(): Promise<void> {
    this.#phase = 'closed';
    this.#cancelWakeUp();
    for (const { settle } of this.#pending.values()) settle(new GatewayError('CANCELLED', 'The gateway shut down.'));
    await Promise.all([...this.#workers.values()].map(({ worker }) => worker.stop('the gateway shut down')));
  }

  #execute(commands: readonly Command[]): void {
    if (this.#phase === 'closed') return;
    for (const command of commands) {
      switch (command.type) {
        case 'start':
          this.#start(command);
          break;
        case 'stop':
          this.#stop(command);
          break;
        case 'dispatch':
          void this.#dispatch(command);
          break;
        case 'reject':
          this.#pending.get(command.job)?.settle(command.error);
          break;
        case 'wakeAt':
          this.#wakeAt(command.at);
          break;
        default:
          command satisfies never;
      }
    }
  }

  #start({ worker: id, kind, model, reason }: Extract<Command, { type: 'start' }>): void {
    this.#events.emit({ type: 'workerStarting', worker: id, kind, model, reason });
    const worker = this.#spawn(model, (why) => this.#ended(id, why));
    const live: LiveWorker = { worker, model, coldStart: null, batch: [], stopped: null };
    this.#workers.set(id, live);
    worker.warmUp().then(
      (phases) => {
        live.coldStart = phases;
        this.#events.emit({ type: 'workerWarm', worker: id, model, phases });
        this.#execute(this.#scheduler.workerReady(this.#clock.now(), id));
      },
      () => {}, // It ends, and #ended says so.
    );
  }

  #stop({ worker: id, reason, failed }: Extract<Command, { type: 'stop' }>): void {
    const live = this.#workers.get(id);
    if (!live) return;
    live.stopped = failed ? 'failed' : 'not needed';
    void live.worker.stop(reason);
  }

  #ended(id: WorkerId, reason: string): void {
    const live = this.#workers.get(id);
    if (!live) return;
    this.#workers.delete(id);
    finishReading(live);
    const died = live.stopped !== 'not needed' && this.#phase === 'open';
    this.#events.emit({ type: 'workerGone', worker: id, model: live.model, reason, died });
    this.#execute(this.#scheduler.workerGone(this.#clock.now(), id));
  }

  async #dispatch({ worker: id, kind, batch }: Extract<Command, { type: 'dispatch' }>): Promise<void> {
    const live = this.#workers.get(id) as LiveWorker;
    live.batch = batch.map(({ job }) => this.#pending.get(job) as Pending);
    for (const pending of live.batch) pending.readers++;
    let outcomes: readonly Outcome[];
    try {
      outcomes = await live.worker.run(live.batch.map(({ request }) => request.picture));
    } catch {
      return; // It ends, and #ended says so: the scheduler retries elsewhere.
    }
    finishReading(live);
    if (live.stopped) return; // It ran over its limit and finished all the same: others try again what it had.
    const now = this.#clock.now();
    // First, because it rejects those that are too late; cancelled ones were settled before. Their results are dropped.
    this.#execute(this.#scheduler.finished(now, id));
    for (const [i, binding] of batch.entries()) {
      const pending = this.#pending.get(binding.job);
      const outcome = outcomes[i];
      if (!pending || !outcome) continue;
      const totalMs = now - pending.submittedAt;
      pending.settle(
        outcome.ok
          ? { ...outcome, worker: id, kind, batchSize: batch.length, binding, totalMs }
          : new GatewayError(outcome.code, outcome.message, outcome.retryAfterMs),
      );
    }
  }

  #wakeAt(at: number): void {
    this.#cancelWakeUp();
    this.#cancelWakeUp = Number.isFinite(at)
      ? this.#clock.at(at, () => this.#execute(this.#scheduler.tick(this.#clock.now())))
      : () => {};
  }
}

function finishReading(live: LiveWorker): void {
  for (const pending of live.batch) {
    pending.readers--;
    if (pending.settled && pending.readers === 0) pending.request.onReleased();
  }
  live.batch = [];
}
