/** More load than a pool can bear, of clients with deadlines, some of whom come back when they are told to. */
import type { JobId } from '../../../src/core/contracts/types.ts';
import { Scheduler } from '../../../src/core/scheduler.ts';
import { Agenda } from '../../../src/lab/sim/agenda.ts';
import { type Refusal, VirtualWorkers } from '../../../src/lab/sim/virtual-workers.ts';
import { fork } from '../../../src/lab/workload/random.ts';
import { poisson } from '../../../src/lab/workload/random-arrivals.ts';
import { POOL } from './simulated.ts';

const WORKERS = 4;
const SERVICE_MS = 50;
const DURATION_MS = 30_000;

export interface Overload {
  /** Of what the workers can do: 1.5 is half as much again. */
  readonly load: number;
  /** Of each service: a factor with a mean of 1. */
  readonly spread: (random: () => number) => number;
  /** Of the clients in turn, in ms. */
  readonly deadlinesMs: readonly number[];
  /** Share of the refused clients that come back, once, at their time. */
  readonly comeBack: number;
  readonly seed: number;
}

/** Plays it out until everybody has an answer. */
export class OverloadedPool {
  clients = 0;
  /** Of those, not refused on arrival; and then answered in time. */
  admitted = 0;
  inTime = 0;
  /** Came back after a refusal; of those, not refused again. */
  back = 0;
  backAdmitted = 0;
  readonly #overload: Overload;
  readonly #agenda = new Agenda();
  readonly #workers: VirtualWorkers;
  readonly #random: () => number;
  /** Who has no answer yet, and came back. */
  readonly #open = new Map<JobId, { readonly isBack: boolean }>();

  constructor(overload: Overload) {
    this.#overload = overload;
    const { spread, seed } = overload;
    this.#random = fork(seed, 'who comes back');
    const service = fork(seed, 'service');
    const scheduler = new Scheduler({
      ...POOL,
      maxWorkers: WORKERS,
      random: fork(seed, 'retry'),
      assumed: { serviceMs: SERVICE_MS, coldStartMs: 0 },
    });
    const world = { serviceMs: () => SERVICE_MS * spread(service), coldStartMs: () => 0, stopMs: 0 };
    this.#workers = new VirtualWorkers(scheduler, this.#agenda, world, {
      commanded: () => {},
      answered: (job, refusal) => this.#answered(job, refusal),
    });
    this.#workers.provision('model', WORKERS);
    const perSecond = (overload.load * WORKERS * 1_000) / SERVICE_MS;
    for (const at of poisson({ perSecond, durationMs: DURATION_MS, seed }).arrivals()) {
      this.#agenda.add(at, () => this.#come(false));
    }
    while (this.#agenda.step(Number.POSITIVE_INFINITY)) {}
  }

  /** Work done in time, as a share of what the workers could do while the load lasted. */
  get goodput(): number {
    return (this.inTime * SERVICE_MS) / (WORKERS * DURATION_MS);
  }

  #come(isBack: boolean): void {
    const { deadlinesMs } = this.#overload;
    const number = this.clients++;
    const id = `${number}`;
    this.#open.set(id, { isBack });
    // Until it is refused.
    this.admitted++;
    if (isBack) {
      this.back++;
      this.backAdmitted++;
    }
    const deadlineAt = this.#agenda.now + (deadlinesMs[number % deadlinesMs.length] as number);
    this.#workers.submit({ id, model: 'model', priority: 'interactive', deadlineAt });
  }

  #answered(job: JobId, refusal: Refusal | null): void {
    const client = this.#open.get(job);
    if (!client) return;
    this.#open.delete(job);
    const retryAfterMs = refusal?.retryAfterMs;
    if (refusal === null) this.inTime++;
    // One that was admitted, and comes too late, is not told when to come back.
    if (refusal === null || retryAfterMs === undefined) return;
    this.admitted--;
    if (client.isBack) this.backAdmitted--;
    if (client.isBack || this.#random() >= this.#overload.comeBack) return;
    this.#agenda.add(this.#agenda.now + retryAfterMs, () => this.#come(true));
  }
}
