/**
 * Where batches live: everything about them but the pictures, which lie in the spool. Two stores keep the same promises
 * (test/conformance): SQLite for one process, Redis for several gateways that share the work.
 *
 * - What a method has answered survives the death of the process.
 * - Each item's outcome is recorded once, however often it is run; each event is numbered once, without gaps.
 * - An item whose gateway died or gave it back is run again.
 *
 * Methods reject with BATCH_NOT_FOUND for a batch that is not there, and with OVERLOADED while the store cannot be reached.
 */
import type { Batch, BatchEvent, BatchItem, BatchWork, ItemOutcome, ItemStatus, NewItem, Page } from './types.ts';

export interface NewBatch extends Pick<Batch, 'id' | 'clientBatchId' | 'model' | 'topK' | 'createdAt'> {}

export interface PageRequest {
  /** At most that many. */
  readonly first: number;
  /** `next` of the page before, or null for the first page. Rejects with BAD_USER_INPUT if it is none. */
  readonly after: string | null;
}

export interface ItemsRequest extends PageRequest {
  /** Items of that status only; null for all. */
  readonly status: ItemStatus | null;
}

/** Throws to give the item back: it will be run again later. */
export type RunItem = (work: BatchWork, signal: AbortSignal) => Promise<ItemOutcome>;

export interface BatchStore {
  /** Opens a batch, `accepting`; or finds the one that has the same client batch id already. */
  create(batch: NewBatch): Promise<{ readonly batch: Batch; readonly created: boolean }>;
  /** Adds the next items, at least one, whose pictures are in the spool, in one step; they may be run at once. Returns the first one's index. */
  add(batchId: string, items: readonly NewItem[]): Promise<number>;
  /** The upload is complete: no item will be added. From here on the batch survives its gateway. */
  seal(batchId: string): Promise<Batch>;
  /** The upload failed: as though the batch had never been. */
  discard(batchId: string): Promise<void>;
  /** Queued items will not be run; running ones may finish. Does nothing to a batch that is completed. */
  cancel(batchId: string): Promise<Batch>;
  /** By id or client batch id; null if there is none. */
  find(id: string): Promise<Batch | null>;
  /** The latest first. */
  list(page: PageRequest): Promise<Page<Batch>>;
  /** By index. */
  items(batchId: string, page: ItemsRequest): Promise<Page<BatchItem>>;
  /** Events with a `seq` greater than `after`, in order, at most `limit`. */
  events(batchId: string, after: number, limit: number): Promise<readonly BatchEvent[]>;
  /**
   * `listener` is called with a batch's id soon after something happened in it, on whichever gateway; with null if that may
   * have been any batch. Returns the way out.
   */
  onChange(listener: (batchId: string | null) => void): () => void;
  /** Starts to run queued items of all batches, the oldest first, at most `concurrency` at once. To be called once. */
  process(run: RunItem, concurrency: number): void;
  /** Removes ended batches that are older than `before` (ms since the epoch), and all but the `keep` latest. Returns their ids. */
  prune(before: number, keep: number): Promise<readonly string[]>;
  /** Null, or why the store cannot be used right now. */
  trouble(): string | null;
  /** Takes no more items, aborts the signal of those that run, and waits for them; they are given back. */
  close(): Promise<void>;
}
