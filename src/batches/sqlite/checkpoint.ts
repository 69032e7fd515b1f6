/**
 * Moves what was written from the log beside a SQLite file into the file itself, from time to time. The driver waits for the
 * disk in a thread of its own: that can take many milliseconds, and this one has requests to answer. Nobody writes
 * meanwhile, so that the log starts anew each time and stays small.
 */
import Libsql from 'libsql';
import LibsqlInThread from 'libsql/promise';
import { SCHEMA_VERSION } from './schema.ts';

/** Changes of rows from one to the next; each adds a page of 4 KiB or two to the log. */
const INTERVAL = 4_000;

/** Whoever writes first after a checkpoint starts the log anew, and waits for the disk once more: so that is done here, too. */
const CHECKPOINT = `PRAGMA wal_checkpoint(PASSIVE); PRAGMA user_version = ${SCHEMA_VERSION}`;

export class SqliteCheckpoint {
  readonly #db: LibsqlInThread;
  #changes = 0;
  #underWay: Promise<void> | null = null;

  constructor(file: string) {
    this.#db = new LibsqlInThread(file, {});
  }

  /** Nothing can be written until it settles; null if none is under way. */
  get underWay(): Promise<void> | null {
    return this.#underWay;
  }

  /** To be called after each commit. */
  count(changes: number): void {
    this.#changes += changes;
    if (this.#changes < INTERVAL) return;
    this.#changes = 0;
    this.#underWay = this.#run();
  }

  async close(): Promise<void> {
    // Whoever waited for one may write and start the next.
    while (this.#underWay) await this.#underWay;
    this.#db.close();
  }

  async #run(): Promise<void> {
    try {
      await this.#db.exec(CHECKPOINT);
    } catch (error) {
      // What was written is in the log as before: the next one moves it.
      if (!(error instanceof Libsql.SqliteError)) throw error;
    } finally {
      this.#underWay = null;
    }
  }
}
