/** The workers that hold a place in the pool, and what is known of each model. */
import { Estimate } from './estimate.ts';
import type { ModelKey, SchedulerOptions, WorkerId, WorkerKind, WorkerState } from './types.ts';

export interface Model {
  readonly key: ModelKey;
  /** How many workers `provision` wants to be always warm. */
  reserved: number;
  /** Time that one request takes in a worker, in ms. */
  readonly service: Estimate;
  /** Time from the decision to start a worker until it is warm, in ms. */
  readonly coldStart: Estimate;
  /** Starts that failed since the last one that succeeded. */
  failedStarts: number;
  startAllowedAt: number;
}

export interface Worker {
  readonly id: WorkerId;
  readonly model: Model;
  readonly startedAt: number;
  /** Why it was started. */
  readonly reason: string;
  kind: WorkerKind;
  state: WorkerState;
  warmSince: number;
  idleSince: number;
  busySince: number;
  batchSize: number;
  /** Batches finished. */
  served: number;
}

export class Roster {
  readonly #assumed: SchedulerOptions['assumed'];
  readonly #workers = new Map<WorkerId, Worker>();
  readonly #models = new Map<ModelKey, Model>();
  #nextId = 1;

  constructor(assumed: SchedulerOptions['assumed']) {
    this.#assumed = assumed;
  }

  model(key: ModelKey): Model {
    let model = this.#models.get(key);
    if (!model) {
      model = {
        key,
        reserved: 0,
        service: new Estimate(this.#assumed.serviceMs),
        coldStart: new Estimate(this.#assumed.coldStartMs),
        failedStarts: 0,
        startAllowedAt: 0,
      };
      this.#models.set(key, model);
    }
    return model;
  }

  models(): readonly Model[] {
    return [...this.#models.values()];
  }

  /** Workers reserved for all models but this one. */
  reservedFloor(except: ModelKey): number {
    return this.models().reduce((sum, model) => sum + (model.key === except ? 0 : model.reserved), 0);
  }

  get(id: WorkerId): Worker | undefined {
    return this.#workers.get(id);
  }

  all(): readonly Worker[] {
    return [...this.#workers.values()];
  }

  of(model: Model): readonly Worker[] {
    return this.all().filter((worker) => worker.model === model);
  }

  idle(model: Model): readonly Worker[] {
    return this.of(model).filter((worker) => worker.state === 'idle');
  }

  add(model: Model, kind: WorkerKind, now: number, reason: string): Worker {
    const worker: Worker = {
      id: this.#nextId++,
      model,
      startedAt: now,
      reason,
      kind,
      state: 'starting',
      warmSince: Number.POSITIVE_INFINITY,
      idleSince: now,
      busySince: now,
      batchSize: 0,
      served: 0,
    };
    this.#workers.set(worker.id, worker);
    return worker;
  }

  remove(worker: Worker): void {
    this.#workers.delete(worker.id);
  }

  becomeIdle(worker: Worker, now: number): void {
    worker.state = 'idle';
    worker.idleSince = now;
  }

  becomeBusy(worker: Worker, now: number, batchSize: number): void {
    worker.state = 'busy';
    worker.busySince = now;
    worker.batchSize = batchSize;
  }
}
