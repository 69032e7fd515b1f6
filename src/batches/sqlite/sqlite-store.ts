/** The batch store of a single process: one SQLite file. */
import { numberAfter, pageOf } from '../paging.ts';
import { takesNoMore } from '../refusals.ts';
import { add, type BatchFacts, phaseWith, seal, stop } from '../state.ts';
import type { BatchStore, ItemsRequest, NewBatch, PageRequest, RunItem } from '../store.ts';
import type { Batch, BatchEvent, BatchItem, NewItem, Page } from '../types.ts';
import { SqliteDatabase } from './database.ts';
import { SqliteQueue } from './queue.ts';
import { SqliteRecords } from './records.ts';
import { SqliteRemoval } from './removal.ts';
import { type BatchRow, toBatch, toEvent, toFacts, toItem } from './rows.ts';
import { SqliteRunner } from './runner.ts';

export interface SqliteStoreOptions {
  /** Largest size of the file; whatever needs more fails with SPOOL_FULL. */
  readonly maxBytes?: number;
  /** From an item that was given back, or a file that cannot be written, to the next try, in ms. */
  readonly retryMs?: number;
}

/** Takes over what the process before has left in the file; creates it if there is none. */
export function openSqliteStore(file: string, options: SqliteStoreOptions = {}): BatchStore {
  return new SqliteStore(file, options);
}

class SqliteStore implements BatchStore {
  readonly seal: BatchStore['seal'] = (batchId) => this.#change(batchId, seal);
  readonly cancel: BatchStore['cancel'] = (batchId) => this.#change(batchId, stop);
  readonly trouble: BatchStore['trouble'] = () => this.#db.trouble();
  readonly #db: SqliteDatabase;
  readonly #records: SqliteRecords;
  readonly #queue: SqliteQueue;
  readonly #removal: SqliteRemoval;
  readonly #retryMs: number;
  readonly #listeners = new Set<(batchId: string) => void>();
  #runner: SqliteRunner | null = null;

  constructor(file: string, { maxBytes = 4 * 2 ** 30, retryMs = 250 }: SqliteStoreOptions) {
    this.#db = new SqliteDatabase(file, maxBytes);
    this.#records = new SqliteRecords(this.#db);
    this.#queue = new SqliteQueue(this.#db, this.#records, (batchId) => this.#tell(batchId));
    this.#removal = new SqliteRemoval(this.#db);
    this.#retryMs = retryMs;
    this.#removal.removeUploads();
    this.#queue.recover();
  }

  async create(wanted: NewBatch): Promise<{ readonly batch: Batch; readonly created: boolean }> {
    return this.#db.write(() => {
      const existing = wanted.clientBatchId === null ? undefined : this.#records.batchOfClient(wanted.clientBatchId);
      return { batch: toBatch(existing ?? this.#records.createBatch(wanted)), created: existing === undefined };
    });
  }

  async add(batchId: string, items: readonly NewItem[]): Promise<number> {
    const first = await this.#db.write(() => {
      const row = this.#records.require(batchId);
      const facts = add(toFacts(row), items.length);
      if (!facts) throw takesNoMore(toBatch(row));
      return this.#records.createItems(row, facts, items);
    });
    this.#runner?.wake();
    return first;
  }

  async discard(batchId: string): Promise<void> {
    await this.#removal.remove(batchId);
    this.#tell(batchId);
  }

  async find(id: string): Promise<Batch | null> {
    const row = this.#db.read(() => this.#records.batch(id) ?? this.#records.batchOfClient(id));
    return row ? toBatch(row) : null;
  }

  async list({ first, after }: PageRequest): Promise<Page<Batch>> {
    const number = numberAfter(after) ?? Number.MAX_SAFE_INTEGER;
    const rows = this.#db.read(() => this.#records.batches(number, first + 1));
    return pageOf<BatchRow, Batch>(rows, first, toBatch, (row) => row.number);
  }

  async items(batchId: string, { first, after, status }: ItemsRequest): Promise<Page<BatchItem>> {
    const position = numberAfter(after) ?? -1;
    return this.#db.read(() => {
      const batch = this.#records.require(batchId);
      const facts = toFacts(batch);
      const phase = status && phaseWith(facts, status);
      if (status && !phase) return { nodes: [], next: null };
      const rows = this.#records.items(batch.number, phase, position, first + 1);
      return pageOf(
        rows,
        first,
        (row) => toItem(row, facts),
        (row) => row.position,
      );
    });
  }

  async events(batchId: string, after: number, limit: number): Promise<readonly BatchEvent[]> {
    return this.#db.read(() => {
      const { number } = this.#records.require(batchId);
      return this.#records.events(number, after, limit).map(toEvent);
    });
  }

  onChange(listener: (batchId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  process(run: RunItem, concurrency: number): void {
    if (this.#runner) throw new Error('This store processes items already.');
    this.#runner = new SqliteRunner(this.#queue, run, concurrency, this.#retryMs);
    this.#runner.wake();
  }

  async prune(before: number, keep: number): Promise<readonly string[]> {
    const ids = await this.#removal.prune(before, keep);
    for (const id of ids) this.#tell(id);
    return ids;
  }

  async close(): Promise<void> {
    await this.#runner?.close();
    await this.#removal.close();
    await this.#db.close();
  }

  async #change(batchId: string, transition: (facts: BatchFacts) => BatchFacts | null): Promise<Batch> {
    const batch = await this.#db.write(() => {
      const row = this.#records.require(batchId);
      const facts = transition(toFacts(row));
      if (facts) {
        this.#records.saveBatch(row.number, facts);
        this.#records.createEvent(row.number, facts, null);
      }
      return toBatch(row, facts ?? toFacts(row));
    });
    this.#tell(batchId);
    return batch;
  }

  #tell(batchId: string): void {
    for (const listener of this.#listeners) listener(batchId);
  }
}
