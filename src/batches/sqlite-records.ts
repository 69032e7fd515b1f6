/** Batches, items and events in SQLite, one at a time, to be read and changed in a transaction. */
import { GatewayError } from '../core/errors.ts';
import type { Query, SqliteDatabase } from './sqlite-database.ts';
import { type BatchRow, toFacts } from './sqlite-rows.ts';
import { type BatchFacts, type ItemChange, type Phase, stateOf, totalOf } from './state.ts';
import type { NewBatch } from './store.ts';
import type { ItemOutcome } from './types.ts';

export interface RunningItem {
  readonly batchId: string;
  readonly position: number;
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
  readonly #firstWaiting: Query<{ position: number }>;
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
    this.#createItem = db.prepare("INSERT INTO items (batch, position, name, phase) VALUES (?, ?, ?, 'waiting')");
    this.#saveItem = db.prepare('UPDATE items SET phase = ?, outcome = ? WHERE batch = ? AND position = ?');
    this.#phase = db.prepare('SELECT phase FROM items WHERE batch = ? AND position = ?');
    this.#firstWaiting = db.prepare(
      "SELECT position FROM items WHERE batch = ? AND phase = 'waiting' ORDER BY position LIMIT 1",
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

  /** `facts` count it already. */
  createItem(row: BatchRow, facts: BatchFacts, name: string): number {
    const position = totalOf(toFacts(row));
    this.#createItem.run(row.number, position, JSON.stringify(name));
    this.saveBatch(row, facts);
    return position;
  }

  phase({ number }: BatchRow, position: number): Phase | undefined {
    return this.#phase.get(number, position)?.phase;
  }

  firstWaiting({ number }: BatchRow): number | undefined {
    return this.#firstWaiting.get(number)?.position;
  }

  running(): readonly RunningItem[] {
    return this.#running.all();
  }

  countDeath({ batchId, position }: RunningItem): void {
    this.#countDeath.run(batchId, position);
  }

  /** With the event that made it so, if that is worth one; `position`: of the item that ended by it. */
  saveBatch(row: BatchRow, facts: BatchFacts, position: number | null = null): void {
    const { sealed, stopped, waiting, running, done, failed, seq } = facts;
    this.#saveBatch.run(Number(sealed), Number(stopped), waiting, running, done, failed, seq, row.number);
    if (seq === row.seq) return;
    this.#createEvent.run(row.number, seq, stateOf(facts), totalOf(facts), done, failed, position);
  }

  saveItem(row: BatchRow, position: number, { batch, phase }: ItemChange, outcome: ItemOutcome | null = null): void {
    this.#saveItem.run(phase, outcome && JSON.stringify(outcome), row.number, position);
    this.saveBatch(row, batch, position);
  }
}
