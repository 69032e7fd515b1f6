/**
 * Moves what was written from the log beside a SQLite file into the file itself, from time to time. Waiting for the disk can
 * take many milliseconds, and the main thread has requests to answer, so the driver does it in a thread of its own. Nobody
 * writes meanwhile, so that the log starts anew each time and stays small.
 */
import Libsql from 'libsql';
import LibsqlInThread from 'libsql/promise';
import { SCHEMA_VERSION } from './schema.ts';

/** Changed rows from one checkpoint to the next; each adds a page of 4 KiB or two to the log. */
const INTERVAL = 4_000;

/**
 * The first write after a checkpoint starts the log anew and waits for the disk once more: this one makes that write itself.
 */
const CHECKPOINT = `PRAGMA wal_checkpoint(PASSIVE); PRAGMA user_version = ${SCHEMA_VERSION}`;

export class SqliteCheckpoint {
  readonly #db: LibsqlInThread;
  #changes = 0;
  /** Nothing can be written until it settles; null if none is under way. */
  underWay: Promise<void> | null = null;

  constructor(file: string) {
    this.#db = new LibsqlInThread(file, {});
  }

  /** To be called after each commit. */
  count(changes: number): void {
    this.#changes += changes;
    if (this.#changes < INTERVAL) return;
    this.#changes = 0;
    this.underWay = this.#run();
  }

  async close(): Promise<void> {
    // A writer that waited for this checkpoint may start the next one.
    while (this.underWay) await this.underWay;
    this.#db.close();
  }

  async #run(): Promise<void> {
    try {
      await this.#db.exec(CHECKPOINT);
    } catch (error) {
      // Nothing is lost: what was written is still in the log, and the next checkpoint moves it.
      if (!(error instanceof Libsql.SqliteError)) throw error;
    } finally {
      this.underWay = null;
    }
  }
}
