/** The batch store of a single process: one SQLite file. */
import { GatewayError } from '../../core/contracts/errors.ts';
import { add, type BatchFacts, seal, stop } from '../state.ts';
import type { BatchStore, NewBatch, PageRequest, RunItem } from '../store.ts';
import type { Batch, BatchEvent, BatchItem, ItemStatus, NewItem, Page } from '../types.ts';
import { SqliteDatabase } from './database.ts';
import { SqlitePages } from './pages.ts';
import { SqliteQueue } from './queue.ts';
import { SqliteRecords } from './records.ts';
import { SqliteRemoval } from './removal.ts';
import { toBatch, toFacts } from './rows.ts';
import { SqliteRunner } from './runner.ts';

export interface SqliteStoreOptions {
  /** Largest size of the file; whatever needs more fails with SPOOL_FULL. */
  readonly maxBytes: number;
  /** From an item that was given back, or a file that cannot be written, to the next try, in ms. */
  readonly retryMs: number;
}

const DEFAULTS: SqliteStoreOptions = { maxBytes: 4 * 2 ** 30, retryMs: 250 };

/** Takes over what the process before has left in the file; creates it if there is none. */
export function openSqliteStore(file: string, options: Partial<SqliteStoreOptions> = {}): BatchStore {
  return new SqliteStore(file, { ...DEFAULTS, ...options });
}

class SqliteStore implements BatchStore {
  readonly #db: SqliteDatabase;
  readonly #records: SqliteRecords;
  readonly #queue: SqliteQueue;
  readonly #pages: SqlitePages;
  readonly #removal: SqliteRemoval;
  readonly #retryMs: number;
  readonly #listeners = new Set<(batchId: string) => void>();
  #runner: SqliteRunner | null = null;

  constructor(file: string, { maxBytes, retryMs }: SqliteStoreOptions) {
    this.#db = new SqliteDatabase(file, maxBytes);
    this.#records = new SqliteRecords(this.#db);
    this.#queue = new SqliteQueue(this.#db, this.#records, (batchId) => this.#tell(batchId));
    this.#pages = new SqlitePages(this.#db, this.#records);
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

  async seal(batchId: string): Promise<Batch> {
    return this.#change(batchId, seal);
  }

  async cancel(batchId: string): Promise<Batch> {
    return this.#change(batchId, stop);
  }

  async discard(batchId: string): Promise<void> {
    await this.#removal.remove(batchId);
    this.#tell(batchId);
  }

  async find(id: string): Promise<Batch | null> {
    const row = this.#db.read(() => this.#records.batch(id) ?? this.#records.batchOfClient(id));
    return row ? toBatch(row) : null;
  }

  async list(page: PageRequest): Promise<Page<Batch>> {
    return this.#pages.batches(page);
  }

  async items(batchId: string, page: PageRequest & { readonly status: ItemStatus | null }): Promise<Page<BatchItem>> {
    return this.#pages.items(batchId, page);
  }

  async events(batchId: string, after: number, limit: number): Promise<readonly BatchEvent[]> {
    return this.#pages.events(batchId, after, limit);
  }

  onChange(listener: (batchId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  process(run: RunItem, concurrency: number): void {
    if (this.#runner) throw new Error('This store processes items already.');
    this.#runner = new SqliteRunner(this.#queue, { run, concurrency, retryMs: this.#retryMs });
    this.#runner.wake();
  }

  async prune(before: number, keep: number): Promise<readonly string[]> {
    const ids = await this.#removal.prune(before, keep);
    for (const id of ids) this.#tell(id);
    return ids;
  }

  trouble(): string | null {
    return this.#db.trouble();
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

function takesNoMore({ id, state, total }: Batch): GatewayError {
  const message = `Batch ${id} takes no more pictures: it is ${state}, with ${total}.`;
  return new GatewayError(state === 'cancelled' ? 'CANCELLED' : 'BAD_USER_INPUT', message);
}
