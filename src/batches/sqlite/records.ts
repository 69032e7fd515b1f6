/** Batches, items and events in SQLite, to be read and changed in a transaction. */
import { batchNotFound } from '../refusals.ts';
import { type BatchFacts, type Phase, stateOf, totalOf } from '../state.ts';
import type { NewBatch } from '../store.ts';
import type { BatchWork, Extent, ItemOutcome, NewItem } from '../types.ts';
import type { SqliteDatabase } from './database.ts';
import { type BatchRow, type EventRow, type ItemRow, toFacts } from './rows.ts';

export interface WaitingItem extends Extent, Pick<ItemRow, 'position'> {
  readonly deaths: number;
}

export type RunningItem = Omit<WaitingItem, keyof Extent> & Pick<BatchWork, 'batchId'>;

export class SqliteRecords {
  readonly #db: SqliteDatabase;

  constructor(db: SqliteDatabase) {
    this.#db = db;
  }

  /** By its own id. */
  batch(id: string): BatchRow | undefined {
    return this.#db.get('SELECT * FROM batches WHERE id = ? AND removed = 0', id);
  }

  /** By its own id; throws BATCH_NOT_FOUND. */
  require(id: string): BatchRow {
    const row = this.batch(id);
    if (!row) throw batchNotFound(id);
    return row;
  }

  batchOfClient(clientBatchId: string): BatchRow | undefined {
    return this.#db.get('SELECT * FROM batches WHERE clientBatchId = ?', clientBatchId);
  }

  /** The batch that has the next item. */
  batchToRun(): BatchRow | undefined {
    return this.#db.get(
      'SELECT * FROM batches WHERE waiting > 0 AND stopped = 0 AND removed = 0 ORDER BY number LIMIT 1',
    );
  }

  /** Those that were created before the one with that number, the latest first. */
  batches(number: number, limit: number): readonly BatchRow[] {
    const sql = 'SELECT * FROM batches WHERE number < ? AND removed = 0 ORDER BY number DESC LIMIT ?';
    return this.#db.all(sql, number, limit);
  }

  createBatch({ id, clientBatchId, model, topK, createdAt }: NewBatch): BatchRow {
    const sql = 'INSERT INTO batches (id, clientBatchId, model, topK, createdAt) VALUES (?, ?, ?, ?, ?)';
    this.#db.run(sql, id, clientBatchId, model, topK, createdAt);
    return this.require(id);
  }

  saveBatch(number: number, { sealed, stopped, waiting, running, done, failed, seq }: BatchFacts): void {
    const sql =
      'UPDATE batches SET sealed = ?, stopped = ?, waiting = ?, running = ?, done = ?, failed = ?, seq = ? WHERE number = ?';
    this.#db.run(sql, Number(sealed), Number(stopped), waiting, running, done, failed, seq, number);
  }

  /** `facts` count the items already. Returns the position of the first one. */
  createItems(row: BatchRow, facts: BatchFacts, items: readonly NewItem[]): number {
    const sql = "INSERT INTO items (batch, position, name, fileOffset, bytes, phase) VALUES (?, ?, ?, ?, ?, 'waiting')";
    const first = totalOf(toFacts(row));
    for (const [i, { name, extent }] of items.entries()) {
      this.#db.run(sql, row.number, first + i, JSON.stringify(name), extent.offset, extent.length);
    }
    this.saveBatch(row.number, facts);
    return first;
  }

  /** Items in that phase (null: in any) behind that position, in order. */
  items(batch: number, phase: Phase | null, position: number, limit: number): readonly ItemRow[] {
    const columns = 'SELECT position, name, phase, outcome FROM items';
    const rest = 'position > ? ORDER BY position LIMIT ?';
    if (phase === null) return this.#db.all(`${columns} WHERE batch = ? AND ${rest}`, batch, position, limit);
    const sql = `${columns} INDEXED BY itemsByPhase WHERE batch = ? AND phase = ? AND ${rest}`;
    return this.#db.all(sql, batch, phase, position, limit);
  }

  phase(batch: number, position: number): Phase | undefined {
    const sql = 'SELECT phase FROM items WHERE batch = ? AND position = ?';
    return this.#db.get<{ phase: Phase }>(sql, batch, position)?.phase;
  }

  /** The next items to be run. By the primary key SQLite would go through all that have ended before them. */
  waiting(batch: number, limit: number): readonly WaitingItem[] {
    return this.#db.all(
      `SELECT position, fileOffset AS offset, bytes AS length, deaths FROM items INDEXED BY itemsByPhase
       WHERE batch = ? AND phase = 'waiting' ORDER BY position LIMIT ?`,
      batch,
      limit,
    );
  }

  /** Counts a death of each running item, and returns them. By the index it goes to them alone, not through all items. */
  countDeaths(): readonly RunningItem[] {
    const died = "phase = 'running' AND batch IN (SELECT number FROM batches WHERE running > 0 AND removed = 0)";
    this.#db.run(`UPDATE items INDEXED BY itemsByPhase SET deaths = deaths + 1 WHERE ${died}`);
    const columns = '(SELECT id FROM batches WHERE number = batch) AS batchId, position, deaths';
    return this.#db.all(`SELECT ${columns} FROM items INDEXED BY itemsByPhase WHERE ${died} ORDER BY batch, position`);
  }

  saveItem(batch: number, position: number, phase: Phase, outcome: ItemOutcome | null = null): void {
    const sql = 'UPDATE items SET phase = ?, outcome = ? WHERE batch = ? AND position = ?';
    this.#db.run(sql, phase, outcome && JSON.stringify(outcome), batch, position);
  }

  events(batch: number, seq: number, limit: number): readonly EventRow[] {
    return this.#db.all(
      `SELECT seq, state, total, done, failed, position, name, phase, outcome
       FROM events LEFT JOIN items USING (batch, position) WHERE batch = ? AND seq > ? ORDER BY seq LIMIT ?`,
      batch,
      seq,
      limit,
    );
  }

  /** The event that led to `facts`; `position`: of the item that ended by it, or null. */
  createEvent(batch: number, facts: BatchFacts, position: number | null): void {
    const sql = 'INSERT INTO events (batch, seq, state, total, done, failed, position) VALUES (?, ?, ?, ?, ?, ?, ?)';
    const { seq, done, failed } = facts;
    this.#db.run(sql, batch, seq, stateOf(facts), totalOf(facts), done, failed, position);
  }
}
