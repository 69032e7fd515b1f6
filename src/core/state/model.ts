/** One model version as the scheduler sees it: who waits for it, who serves it, and how long that takes. */
import type { JobId, ModelKey, Priority, WorkerId, WorkerKind, WorkerState } from '../contracts/types.ts';
import { MeasuredService } from '../estimates/interference.ts';
import { SampleWindow } from '../estimates/sample-window.ts';
import type { SchedulerOptions } from '../options.ts';
import type { ModelScaling } from '../policies/scaling.ts';
import { Levels } from './levels.ts';
import { ModelQueue } from './model-queue.ts';

/** Cold starts are rare: the last few of them, and from these the slow ones, because whoever counts on them must not wait longer. */
const COLD_STARTS = 32;
const COLD_START_QUANTILE = 0.9;

export class Model {
  readonly key: ModelKey;
  readonly queue: ModelQueue<Job>;
  readonly service: MeasuredService;
  readonly levels: Levels;
  readonly scaling: ModelScaling;
  /** All of them, in the order of their starts. */
  readonly workers: Worker[] = [];
  readonly idle: Readonly<Record<WorkerKind, Worker[]>> = { reserved: [], 'on-demand': [] };
  /** How many are in each state. */
  readonly count: Record<WorkerState, number> = { starting: 0, idle: 0, busy: 0, stopping: 0 };
  /** Reserved workers that are not stopping. */
  aliveReserved = 0;
  /** On-demand workers that are busy, or starting because they are needed. */
  onDemandInUse = 0;
  /** Requests in the hands of workers. */
  running = 0;
  /** Requests bound to workers that are not warm yet. */
  bound = 0;
  /** How many workers `provision` wants to be always warm. */
  reserved = 0;
  /** Starts that failed since the last one that succeeded. */
  failedStarts = 0;
  startAllowedAt = 0;
  /** Since when requests wait beside an idle worker for others to be taken with them; null if none do. */
  batchOpenSince: number | null = null;
  /** When the last interactive request came. */
  interactiveAt = Number.NEGATIVE_INFINITY;
  readonly #coldStarts = new SampleWindow(COLD_STARTS);
  #coldStartMs: number;

  constructor(key: ModelKey, { assumed, bulkShare, keepAlive, scaling }: SchedulerOptions) {
    this.key = key;
    this.queue = new ModelQueue(bulkShare);
    this.service = new MeasuredService(assumed.serviceMs);
    this.levels = new Levels(keepAlive);
    this.scaling = scaling.forModel();
    this.#coldStartMs = assumed.coldStartMs;
  }

  /** Time from the decision to start a worker until it is warm that 9 of 10 starts keep, in ms. */
  get coldStartMs(): number {
    return this.#coldStartMs;
  }

  addColdStart(ms: number): void {
    this.#coldStarts.add(ms);
    this.#coldStartMs = this.#coldStarts.quantile(COLD_START_QUANTILE, ms);
  }

  /** Workers that are warm or will be. */
  get alive(): number {
    return this.workers.length - this.count.stopping;
  }

  get aliveOnDemand(): number {
    return this.alive - this.aliveReserved;
  }
}

export interface Worker {
  readonly id: WorkerId;
  readonly model: Model;
  readonly startedAt: number;
  /** Why it was started. */
  readonly reason: string;
  readonly startedAs: WorkerKind;
  /** It was started before anybody needed it. */
  readonly ahead: boolean;
  kind: WorkerKind;
  state: WorkerState;
  /** Since when it is in this state. */
  since: number;
  /** Until when its time is in the accounts. */
  accountedUntil: number;
  /** When its start, or its task, should be over; set as either begins. */
  dueAt: number;
  warmSince: number;
  /** Since when it is idle or, if it is not, was last. */
  idleSince: number;
  /** What it runs; while it starts, what is bound to it. */
  jobs: readonly Job[];
  /** Size of its batch, of which some jobs may be cancelled already. */
  batchSize: number;
  /** A worker was starting during its present batch. */
  besideStart: boolean;
  /** It took a request that would have waited without it. */
  useful: boolean;
  /** Batches finished. */
  served: number;
}

export interface Job {
  readonly id: JobId;
  readonly model: Model;
  readonly priority: Priority;
  readonly deadlineAt: number;
  /** Its deadline or, without one, the end of its patience. */
  readonly orderedBy: number;
  /** Order of arrival. */
  readonly seq: number;
  readonly submittedAt: number;
  predictedWaitMs: number;
  /** Times it was given to a worker. */
  attempts: number;
  /** The worker that runs it, or that it is bound to while that starts; null while it waits in the queue. */
  worker: Worker | null;
  spilled: boolean;
}
