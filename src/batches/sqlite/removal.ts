/**
 * How batches go, of whatever size, without keeping the process from its other work: one change takes them out of sight,
 * then their rows are deleted a few at a time. What is not done when the process ends is done by the next one.
 */
import { setImmediate } from 'node:timers/promises';
import { GatewayError } from '../../core/contracts/errors.ts';
import type { Query, SqliteDatabase } from './database.ts';

/** Rows deleted at once: a millisecond or two. */
const STEP = 200;

export class SqliteRemoval {
  readonly #db: SqliteDatabase;
  readonly #hide: Query<never>;
  readonly #hideUploads: Query<never>;
  readonly #ended: Query<{ id: string }>;
  readonly #hidden: Query<{ number: number }>;
  readonly #deletions: readonly Query<never>[];
  readonly #deleteBatch: Query<never>;
  #work: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(db: SqliteDatabase) {
    this.#db = db;
    const hide = 'UPDATE batches SET removed = 1, clientBatchId = NULL WHERE removed = 0';
    this.#hide = db.prepare(`${hide} AND id = ?`);
    this.#hideUploads = db.prepare(`${hide} AND sealed = 0 AND stopped = 0`);
    // `hasEnded` in SQL.
    const ended = `SELECT id, number, createdAt FROM batches
      WHERE removed = 0 AND running = 0 AND (stopped = 1 OR (sealed = 1 AND waiting = 0))`;
    this.#ended = db.prepare(
      `SELECT id FROM (${ended}) WHERE createdAt < ?
       UNION SELECT id FROM (${ended} ORDER BY createdAt DESC, number DESC LIMIT -1 OFFSET ?)`,
    );
    this.#hidden = db.prepare('SELECT number FROM batches WHERE removed = 1 LIMIT 1');
    this.#deletions = [db.prepare(deletion('events', 'seq')), db.prepare(deletion('items', 'position'))];
    this.#deleteBatch = db.prepare('DELETE FROM batches WHERE number = ?');
  }

  async remove(batchId: string): Promise<void> {
    await this.#db.write(() => this.#hide.run(batchId));
    this.#goOn();
  }

  /** Of a process that has died. */
  removeUploads(): void {
    this.#db.writeNow(() => this.#hideUploads.run());
    this.#goOn();
  }

  /** Those that have ended and are older than `before`, in ms since the epoch, and all but the `keep` latest. */
  async prune(before: number, keep: number): Promise<readonly string[]> {
    const ids = await this.#db.write(() => {
      const ended = this.#ended.all(before, keep).map(({ id }) => id);
      for (const id of ended) this.#hide.run(id);
      return ended;
    });
    this.#goOn();
    return ids;
  }

  /** Waits for the step that is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#work;
  }

  #goOn(): void {
    this.#work = this.#work.then(() => this.#deleteHidden());
  }

  async #deleteHidden(): Promise<void> {
    try {
      while (!this.#closed && (await this.#deleteSome())) await setImmediate();
    } catch (error) {
      // The next removal tries again.
      if (!(error instanceof GatewayError)) throw error;
    }
  }

  /** False if nothing is left to be deleted. */
  #deleteSome(): Promise<boolean> {
    return this.#db.write(() => {
      const batch = this.#hidden.get()?.number;
      if (batch === undefined) return false;
      const isEmpty = this.#deletions.every((deletion) => deletion.run(batch, batch) === 0);
      if (isEmpty) this.#deleteBatch.run(batch);
      return true;
    });
  }
}

function deletion(table: string, key: string): string {
  return `DELETE FROM ${table} WHERE batch = ? AND ${key} IN (SELECT ${key} FROM ${table} WHERE batch = ? LIMIT ${STEP})`;
}
