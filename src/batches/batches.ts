/**
 * Batches as a whole: takes uploads into the spool and the store, has the items run, tells how far they are, and tidies up.
 * To be closed before the pool: it gives back the items that run, which would fail for want of a pool.
 */
import { GatewayError } from '../core/contracts/errors.ts';
import type { Clock } from '../core/contracts/ports.ts';
import { progress } from './progress.ts';
import { batchNotFound } from './refusals.ts';
import { Rounds } from './rounds.ts';
import { SpoolCleaner } from './spool/cleaner.ts';
import { Uploads, type UploadsOptions, type UploadsParts } from './spool/uploads.ts';
import type { BatchStore, ItemsRequest, RunItem } from './store.ts';
import type { Batch, BatchEvent, BatchItem, Page } from './types.ts';

export interface BatchesOptions extends UploadsOptions {
  /** Most events that wait for a subscriber of `progress`; then it gets a snapshot instead. */
  readonly maxLag: number;
  /** Most items of all batches that are run at the same time. */
  readonly concurrency: number;
  /** Ended batches are kept for so long, in ms. */
  readonly maxAgeMs: number;
  /** Most ended batches kept. */
  readonly keep: number;
  /** From one look for what may go to the next one, in ms. */
  readonly intervalMs: number;
}

export interface BatchesParts extends Omit<UploadsParts, 'cleaner'> {
  readonly run: RunItem;
  readonly clock: Clock;
  readonly options: BatchesOptions;
}

/**
 * Items of batches that are run at the same time: for each worker two dispatches of them, one that runs and one that waits. So
 * no worker waits for the store, and each takes as many as it may.
 */
export function bulkConcurrency(maxWorkers: number, maxBulkBatch: number): number {
  return 2 * maxWorkers * maxBulkBatch;
}

export class Batches {
  /** The batch that has the client batch id already, or an upload, which must be completed or aborted. */
  readonly begin: Uploads['begin'] = (request) => this.#uploads.begin(request);
  readonly find: BatchStore['find'] = (id) => this.#parts.store.find(id);
  readonly list: BatchStore['list'] = (page) => this.#parts.store.list(page);
  /** Null, or why batches cannot be used right now. */
  readonly trouble: BatchStore['trouble'] = () => this.#parts.store.trouble();
  readonly #parts: BatchesParts;
  readonly #cleaner: SpoolCleaner;
  readonly #uploads: Uploads;
  readonly #rounds: Rounds;

  constructor(parts: BatchesParts) {
    const { options } = parts;
    this.#parts = parts;
    this.#cleaner = new SpoolCleaner(parts);
    this.#uploads = new Uploads({ ...parts, cleaner: this.#cleaner });
    this.#rounds = new Rounds(parts.clock, options.intervalMs, () => this.#tidy());
  }

  /** Tidies up what an earlier process left, then begins to run items. */
  async start(): Promise<void> {
    const { spool, store, run, options } = this.#parts;
    await spool.open();
    await this.#rounds.start();
    store.process(this.#cleaner.following(run), options.concurrency);
  }

  /** Aborts uploads, gives back what runs, and closes the store. */
  async close(): Promise<void> {
    await this.#uploads.close();
    await this.#rounds.close();
    await this.#cleaner.close();
    await this.#parts.store.close();
  }

  async items(id: string, page: ItemsRequest): Promise<Page<BatchItem>> {
    return this.#parts.store.items(await this.#idOf(id), page);
  }

  async cancel(id: string): Promise<Batch> {
    const batch = await this.#parts.store.cancel(await this.#idOf(id));
    if (batch.state === 'cancelled') this.#cleaner.follow(batch.id);
    return batch;
  }

  /** See `progress.ts`. */
  progress(id: string, after: number | null, signal: AbortSignal): AsyncGenerator<BatchEvent, void> {
    return progress(this.#parts.store, { id, after, signal, maxLag: this.#parts.options.maxLag });
  }

  /** The oldest batches go, and the surplus, with whatever the spool still has of them and of others. */
  async #tidy(): Promise<void> {
    const { store, wallClock, events, options } = this.#parts;
    try {
      await store.prune(wallClock() - options.maxAgeMs, options.keep);
      await this.#uploads.tidy();
      await this.#cleaner.sweep();
    } catch (error) {
      // The store is out of reach, and says so itself: the next round makes up for it.
      if (!(error instanceof GatewayError)) events.emit({ type: 'internalError', error });
    }
  }

  async #idOf(id: string): Promise<string> {
    const batch = await this.find(id);
    if (batch) return batch.id;
    throw batchNotFound(id);
  }
}
