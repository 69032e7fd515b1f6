/**
 * How batches go, of whatever size, without keeping the process from its other work: one change takes them out of sight,
 * then their rows are deleted a few at a time. What is not done when the process ends is done by the next one.
 */
import { setImmediate } from 'node:timers/promises';
import { GatewayError } from '../../core/contracts/errors.ts';
import type { SqliteDatabase } from './database.ts';

/** Rows deleted at once: a millisecond or two. */
const STEP = 200;

const HIDE = 'UPDATE batches SET removed = 1, clientBatchId = NULL WHERE removed = 0';
/** What `hasEnded` in state.ts says, in SQL. */
const ENDED = `SELECT id, number, createdAt FROM batches
  WHERE removed = 0 AND running = 0 AND (stopped = 1 OR (sealed = 1 AND waiting = 0))`;
const SURPLUS = `SELECT id FROM (${ENDED}) WHERE createdAt < ?
  UNION SELECT id FROM (${ENDED} ORDER BY createdAt DESC, number DESC LIMIT -1 OFFSET ?)`;
const DELETIONS = [deletion('events', 'seq'), deletion('items', 'position')];

export class SqliteRemoval {
  readonly #db: SqliteDatabase;
  #work: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(db: SqliteDatabase) {
    this.#db = db;
  }

  async remove(batchId: string): Promise<void> {
    await this.#db.write(() => this.#hide(batchId));
    this.#goOn();
  }

  /** Removes the batches whose upload had not ended when the process before this one died. */
  removeUploads(): void {
    this.#db.writeNow(() => this.#db.run(`${HIDE} AND sealed = 0 AND stopped = 0`));
    this.#goOn();
  }

  /**
   * Removes ended batches: those created before `before` (ms since the epoch), and all but the `keep` latest. Returns their
   * ids.
   */
  async prune(before: number, keep: number): Promise<readonly string[]> {
    const ids = await this.#db.write(() => {
      const surplus = this.#db.all<{ id: string }>(SURPLUS, before, keep).map(({ id }) => id);
      for (const id of surplus) this.#hide(id);
      return surplus;
    });
    this.#goOn();
    return ids;
  }

  /** Waits for the step that is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#work;
  }

  #hide(batchId: string): void {
    this.#db.run(`${HIDE} AND id = ?`, batchId);
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
      const batch = this.#db.get<{ number: number }>('SELECT number FROM batches WHERE removed = 1 LIMIT 1')?.number;
      if (batch === undefined) return false;
      const isEmpty = DELETIONS.every((sql) => this.#db.run(sql, batch, batch) === 0);
      if (isEmpty) this.#db.run('DELETE FROM batches WHERE number = ?', batch);
      return true;
    });
  }
}

function deletion(table: string, key: string): string {
  return `DELETE FROM ${table} WHERE batch = ? AND ${key} IN (SELECT ${key} FROM ${table} WHERE batch = ? LIMIT ${STEP})`;
}
