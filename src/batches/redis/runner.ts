/**
 * Takes items from the queue and runs them, as BullMQ's worker of this gateway.
 *
 * A job ends after its item's outcome is recorded. A gateway that dies in between leaves a job whose lock runs out; the gateway
 * that takes the job next finds the outcome and ends the job. An item without an outcome is run again.
 */
import { setMaxListeners } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { type Job, WaitingError, Worker } from 'bullmq';
import { isSuspect, outcomeAfter } from '../deaths.ts';
import type { RunItem } from '../store.ts';
import type { BatchWork, ItemOutcome } from '../types.ts';
import { isRefusal, type RedisConnection } from './connection.ts';
import { ItemRecords } from './item-records.ts';
import type { RedisStoreOptions } from './options.ts';
import { ITEM_QUEUE, type ItemJob } from './queue.ts';

/** How long BullMQ's worker may take to end once its items have stopped, in ms. */
const CLOSE_MS = 3_000;

export interface RedisRunnerOptions
  extends Pick<Required<RedisStoreOptions>, 'stallIntervalMs' | 'retryDelayMs' | 'onError'> {
  readonly run: RunItem;
  readonly concurrency: number;
}

export class RedisRunner {
  readonly #connection: RedisConnection;
  readonly #options: RedisRunnerOptions;
  readonly #records: ItemRecords;
  readonly #worker: Worker<ItemJob>;
  readonly #stopped = new AbortController();
  readonly #running = new Map<AbortController, Promise<unknown>>();
  #suspectRuns = false;
  #resting: Promise<void> | undefined;
  closed: Promise<void> = Promise.resolve();

  constructor(connection: RedisConnection, options: RedisRunnerOptions) {
    this.#connection = connection;
    this.#options = options;
    const { retryDelayMs } = options;
    // Each outcome that Redis does not take for now listens to it: no warning about their number.
    setMaxListeners(0, this.#stopped.signal);
    this.#records = new ItemRecords(connection, retryDelayMs, this.#stopped.signal);
    // BullMQ checks for stalled jobs: one check marks a job, and the first one after its lock ran out takes it back. Every
    // other check may be skipped, because another gateway made one since, or because this gateway's own last one is a
    // millisecond too recent. So it takes up to four intervals between checks until the item of a dead gateway is run again.
    // Redis takes whole milliseconds only.
    const fifth = Math.floor(options.stallIntervalMs / 5);
    this.#worker = new Worker<ItemJob>(ITEM_QUEUE, (job, token) => this.#process(job, token), {
      connection: connection.patient,
      prefix: connection.keys.prefix,
      concurrency: options.concurrency,
      lockDuration: 2 * fifth,
      stalledInterval: fifth,
      // BullMQ must not fail the job by itself: how many deaths are too many is decided here, and the item gets an outcome.
      maxStalledCount: Number.MAX_SAFE_INTEGER,
      runRetryDelay: retryDelayMs,
      settings: { backoffStrategy: () => retryDelayMs },
    });
    this.#worker.on('error', (error) => {
      options.onError(error);
      if (isRefusal(error)) this.#rest();
    });
  }

  /**
   * Aborts what runs, waits for it and gives it back, as far as Redis allows. `connection.close()` must follow: it makes
   * `closed` settle in any case.
   */
  async stop(): Promise<void> {
    this.#stopped.abort();
    for (const run of this.#running.keys()) run.abort();
    await Promise.allSettled(this.#running.values());
    await this.#resting;
    const lost = this.#connection.lost();
    this.closed = this.#worker.close(!(await this.#isConnected()));
    const patience = new AbortController();
    const tooLong = setTimeout(CLOSE_MS, undefined, patience);
    await Promise.race([this.closed, lost, tooLong]).finally(() => patience.abort());
  }

  /**
   * If it is not, BullMQ's worker must be closed by force: it would wait for the end of a connection that has ended already.
   */
  async #isConnected(): Promise<boolean> {
    const { client, blockingClient } = this.#worker.getBackend();
    const known = await Promise.race([Promise.all([client, blockingClient]).catch(() => []), []]);
    return known.length > 0 && known.every((connection) => connection?.status === 'ready');
  }

  async #process(job: Job<ItemJob>, token: string | undefined): Promise<void> {
    const { batchId, index } = job.data;
    const work = await this.#records.begin(batchId, index);
    if (work === null) return;
    let outcome: ItemOutcome;
    try {
      outcome = await this.#outcome(work, job.stalledCounter);
    } catch (error) {
      if (!(await this.#records.giveBack(batchId, index))) return;
      if (!this.#stopped.signal.aborted) throw error;
      await job.moveToWait(token);
      throw new WaitingError();
    }
    await this.#records.record(batchId, index, outcome);
  }

  async #outcome(work: BatchWork, deaths: number): Promise<ItemOutcome> {
    const givenUp = outcomeAfter(deaths);
    if (givenUp) return givenUp;
    if (!isSuspect(deaths)) return this.#run(work);
    if (this.#suspectRuns) throw new Error('another item runs that may end the gateway');
    this.#suspectRuns = true;
    try {
      // Other suspects that were fetched together with this one are being given back just now, and must be gone when it runs.
      await setTimeout(this.#options.retryDelayMs / 2, undefined, { signal: this.#stopped.signal });
      return await this.#run(work);
    } finally {
      this.#suspectRuns = false;
    }
  }

  /** Pauses BullMQ's worker, which would ask a Redis that refuses thousands of times in a second. */
  #rest(): void {
    const { onError } = this.#options;
    this.#resting ??= this.#pause()
      .catch(onError)
      .finally(() => {
        this.#resting = undefined;
      });
  }

  async #pause(): Promise<void> {
    const { signal } = this.#stopped;
    await this.#worker.pause(true);
    await setTimeout(this.#options.retryDelayMs, undefined, { signal }).catch(() => {});
    if (!signal.aborted) await this.#worker.resume();
  }

  async #run(work: BatchWork): Promise<ItemOutcome> {
    this.#stopped.signal.throwIfAborted();
    // Each item has a controller of its own, so that what listens to its signal is forgotten with the item.
    const controller = new AbortController();
    const run = this.#options.run(work, controller.signal);
    this.#running.set(controller, run);
    try {
      return await run;
    } finally {
      this.#running.delete(controller);
    }
  }
}
