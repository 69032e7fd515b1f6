/** Batches, items and events in SQLite, one at a time, to be read and changed in a transaction. */
import { GatewayError } from '../../core/contracts/errors.ts';
import { type BatchFacts, type Phase, stateOf, totalOf } from '../state.ts';
import type { NewBatch } from '../store.ts';
import type { ItemOutcome, NewItem } from '../types.ts';
import type { Query, SqliteDatabase } from './database.ts';
import { type BatchRow, toFacts } from './rows.ts';

export interface RunningItem {
  readonly batchId: string;
  readonly position: number;
  readonly deaths: number;
}

export interface WaitingItem {
  readonly position: number;
  readonly fileOffset: number;
  readonly bytes: number;
  readonly deaths: number;
}

export class SqliteRecords {
  readonly #batchById: Query<BatchRow>;
  readonly #batchByClientId: Query<BatchRow>;
  readonly #batchToRun: Query<BatchRow>;
  readonly #createBatch: Query<never>;
  readonly #saveBatch: Query<never>;
  readonly #createItem: Query<never>;
  readonly #saveItem: Query<never>;
  readonly #phase: Query<{ phase: Phase }>;
  readonly #waiting: Query<WaitingItem>;
  readonly #running: Query<RunningItem>;
  readonly #countDeath: Query<never>;
  readonly #createEvent: Query<never>;

  constructor(db: SqliteDatabase) {
    this.#batchById = db.prepare('SELECT * FROM batches WHERE id = ? AND removed = 0');
    this.#batchByClientId = db.prepare('SELECT * FROM batches WHERE clientBatchId = ?');
    this.#batchToRun = db.prepare(
      'SELECT * FROM batches WHERE waiting > 0 AND stopped = 0 AND removed = 0 ORDER BY number LIMIT 1',
    );
    this.#createBatch = db.prepare(
      'INSERT INTO batches (id, clientBatchId, model, topK, createdAt) VALUES (?, ?, ?, ?, ?)',
    );
    this.#saveBatch = db.prepare(
      'UPDATE batches SET sealed = ?, stopped = ?, waiting = ?, running = ?, done = ?, failed = ?, seq = ? WHERE number = ?',
    );
    this.#createItem = db.prepare(
      "INSERT INTO items (batch, position, name, fileOffset, bytes, phase) VALUES (?, ?, ?, ?, ?, 'waiting')",
    );
    this.#saveItem = db.prepare('UPDATE items SET phase = ?, outcome = ? WHERE batch = ? AND position = ?');
    this.#phase = db.prepare('SELECT phase FROM items WHERE batch = ? AND position = ?');
    // By the primary key it would go through all that have ended before.
    this.#waiting = db.prepare(
      `SELECT position, fileOffset, bytes, deaths FROM items INDEXED BY itemsByPhase
       WHERE batch = ? AND phase = 'waiting' ORDER BY position LIMIT ?`,
    );
    // CROSS: from the batches to their items, not through all items.
    this.#running = db.prepare(
      `SELECT id AS batchId, position, deaths FROM batches CROSS JOIN items ON batch = number AND phase = 'running'
       WHERE running > 0 AND removed = 0`,
    );
    this.#countDeath = db.prepare(
      'UPDATE items SET deaths = deaths + 1 WHERE batch = (SELECT number FROM batches WHERE id = ?) AND position = ?',
    );
    this.#createEvent = db.prepare(
      'INSERT INTO events (batch, seq, state, total, done, failed, position) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
  }

  /** By its own id. */
  batch(id: string): BatchRow | undefined {
    return this.#batchById.get(id);
  }

  /** By its own id; throws BATCH_NOT_FOUND. */
  require(id: string): BatchRow {
    const row = this.batch(id);
    if (!row) throw new GatewayError('BATCH_NOT_FOUND', `There is no batch ${JSON.stringify(id)}.`);
    return row;
  }

  batchOfClient(clientBatchId: string): BatchRow | undefined {
    return this.#batchByClientId.get(clientBatchId);
  }

  /** The batch that has the next item. */
  batchToRun(): BatchRow | undefined {
    return this.#batchToRun.get();
  }

  createBatch({ id, clientBatchId, model, topK, createdAt }: NewBatch): BatchRow {
    this.#createBatch.run(id, clientBatchId, model, topK, createdAt);
    return this.require(id);
  }

  /** `facts` count them already. Returns the first one's position. */
  createItems(row: BatchRow, facts: BatchFacts, items: readonly NewItem[]): number {
    const first = totalOf(toFacts(row));
    for (const [i, { name, extent }] of items.entries()) {
      this.#createItem.run(row.number, first + i, JSON.stringify(name), extent.offset, extent.length);
    }
    this.saveBatch(row.number, facts);
    return first;
  }

  phase(batch: number, position: number): Phase | undefined {
    return this.#phase.get(batch, position)?.phase;
  }

  /** The next ones to be run, at most `limit`. */
  waiting(batch: number, limit: number): readonly WaitingItem[] {
    return this.#waiting.all(batch, limit);
  }

  running(): readonly RunningItem[] {
    return this.#running.all();
  }

  countDeath({ batchId, position }: RunningItem): void {
    this.#countDeath.run(batchId, position);
  }

  saveBatch(number: number, { sealed, stopped, waiting, running, done, failed, seq }: BatchFacts): void {
    this.#saveBatch.run(Number(sealed), Number(stopped), waiting, running, done, failed, seq, number);
  }

  saveItem(batch: number, position: number, phase: Phase, outcome: ItemOutcome | null = null): void {
    this.#saveItem.run(phase, outcome && JSON.stringify(outcome), batch, position);
  }

  /** That made the facts what they are; `position`: of the item that ended by it, or null. */
  createEvent(batch: number, facts: BatchFacts, position: number | null): void {
    const { seq, done, failed } = facts;
    this.#createEvent.run(batch, seq, stateOf(facts), totalOf(facts), done, failed, position);
  }
}
