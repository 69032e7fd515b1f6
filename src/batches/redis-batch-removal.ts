/** How batches leave Redis: their records in one step, then what they still have in the queue. */
import type { BatchPages } from './redis-batch-pages.ts';
import type { BatchRecords } from './redis-batch-records.ts';
import type { ItemQueue } from './redis-item-queue.ts';
import { hasEnded } from './state.ts';

export class BatchRemoval {
  readonly #records: BatchRecords;
  readonly #pages: BatchPages;
  readonly #queue: ItemQueue;
  readonly #onError: (error: Error) => void;

  constructor(records: BatchRecords, pages: BatchPages, queue: ItemQueue, onError: (error: Error) => void) {
    this.#records = records;
    this.#pages = pages;
    this.#queue = queue;
    this.#onError = onError;
  }

  /** Whether it was there. */
  async remove(batchId: string, only: 'any' | 'accepting'): Promise<boolean> {
    const unfinished = await this.#records.remove(batchId, only);
    if (unfinished === null) return false;
    await this.dropJobs(batchId, unfinished);
    return true;
  }

  /** Of items that will not be run any more. A job that cannot be removed just now ends when it is taken. */
  async dropJobs(batchId: string, indexes: readonly number[]): Promise<void> {
    await this.#queue.remove(batchId, indexes).catch(this.#onError);
  }

  /** Removes ended batches that are older than `before`, and all but the `keep` latest. Returns their ids. */
  async prune(before: number, keep: number): Promise<readonly string[]> {
    const removed: string[] = [];
    let kept = 0;
    for await (const batch of this.#pages.all()) {
      if (!hasEnded(batch)) continue;
      if (batch.createdAt >= before && kept < keep) kept += 1;
      else if (await this.remove(batch.id, 'any')) removed.push(batch.id);
    }
    return removed;
  }
}
