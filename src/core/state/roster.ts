/** The workers that hold a slot of the pool (there are `maxWorkers` of them), sorted into what the rules ask for, and the account of their time. */
import type { ModelKey, WorkerId, WorkerKind, WorkerState } from '../contracts/types.ts';
import type { SchedulerOptions } from '../options.ts';
import { Accounts } from './accounts.ts';
import { Model, type Worker } from './model.ts';

export class Roster {
  readonly accounts = new Accounts();
  readonly #options: SchedulerOptions;
  readonly #workers = new Map<WorkerId, Worker>();
  readonly #models = new Map<ModelKey, Model>();
  #modelList: readonly Model[] = [];
  #nextId = 1;

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  model(key: ModelKey): Model {
    let model = this.#models.get(key);
    if (!model) {
      model = new Model(key, this.#options);
      this.#models.set(key, model);
      this.#modelList = [...this.#models.values()];
    }
    return model;
  }

  models(): readonly Model[] {
    return this.#modelList;
  }

  /** Workers reserved for all models but this one. */
  reservedFloor(except: ModelKey): number {
    return this.#modelList.reduce((sum, model) => sum + (model.key === except ? 0 : model.reserved), 0);
  }

  get size(): number {
    return this.#workers.size;
  }

  get(id: WorkerId): Worker | undefined {
    return this.#workers.get(id);
  }

  all(): IterableIterator<Worker> {
    return this.#workers.values();
  }

  /** Some worker is starting, which takes processor time from all others. */
  anyStarting(): boolean {
    return this.#modelList.some((model) => model.count.starting > 0);
  }

  /** Some worker is on its way out: its slot will be free. */
  anyStopping(): boolean {
    return this.#modelList.some((model) => model.count.stopping > 0);
  }

  add(model: Model, kind: WorkerKind, now: number, reason: string, ahead: boolean): Worker {
    const worker: Worker = {
      id: this.#nextId++,
      model,
      startedAt: now,
      reason,
      startedAs: kind,
      ahead,
      kind,
      state: 'starting',
      since: now,
      accountedUntil: now,
      dueAt: now + model.coldStartMs,
      warmSince: Number.POSITIVE_INFINITY,
      idleSince: now,
      jobs: [],
      batchSize: 0,
      besideStart: false,
      useful: false,
      served: 0,
    };
    this.#workers.set(worker.id, worker);
    model.workers.push(worker);
    this.#enter(worker);
    for (const other of this.all()) if (other.state === 'busy') other.besideStart = true;
    return worker;
  }

  remove(worker: Worker, now: number): void {
    this.#leave(worker, now);
    this.#workers.delete(worker.id);
    take(worker.model.workers, worker);
  }

  setState(worker: Worker, state: WorkerState, now: number): void {
    this.#leave(worker, now);
    worker.state = state;
    worker.since = now;
    if (state === 'idle') worker.idleSince = now;
    this.#enter(worker);
  }

  setKind(worker: Worker, kind: WorkerKind, now: number): void {
    this.#leave(worker, now);
    worker.kind = kind;
    // What becomes superfluous idles from now on.
    worker.idleSince = now;
    this.#enter(worker);
  }

  #enter(worker: Worker): void {
    const { model, kind, state } = worker;
    model.count[state]++;
    if (kind === 'reserved' && state !== 'stopping') model.aliveReserved++;
    if (inUse(worker)) model.onDemandInUse++;
    if (state === 'idle') model.idle[kind].push(worker);
  }

  #leave(worker: Worker, now: number): void {
    const { model, kind, state } = worker;
    this.accounts.spent(kind, state, now - worker.accountedUntil);
    worker.accountedUntil = now;
    model.count[state]--;
    if (kind === 'reserved' && state !== 'stopping') model.aliveReserved--;
    if (inUse(worker)) model.onDemandInUse--;
    if (state === 'idle') take(model.idle[kind], worker);
  }
}

function inUse({ kind, state, ahead }: Worker): boolean {
  return kind === 'on-demand' && (state === 'busy' || (state === 'starting' && !ahead));
}

/** Takes one out of a short list, looking first at its ends, where it mostly is. */
function take<T>(list: T[], item: T): void {
  if (list[list.length - 1] === item) list.pop();
  else if (list[0] === item) list.shift();
  else list.splice(list.indexOf(item), 1);
}
