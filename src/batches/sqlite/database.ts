/**
 * The connection to a SQLite file that belongs to this process alone: its settings, its transactions, and what its errors
 * mean to clients.
 */
import Libsql from 'libsql';
import { GatewayError } from '../../core/contracts/errors.ts';
import { SqliteCheckpoint } from './checkpoint.ts';
import { SCHEMA, SCHEMA_VERSION } from './schema.ts';

/** The driver ends the process if it is given anything else, such as a boolean. */
type SqlValue = string | number | null;

/** When it is worth trying again after the file could not be written, in ms. */
const RETRY_AFTER_MS = 5_000;
const CLOSED = 'The batch store is closed.';

export class SqliteDatabase {
  readonly #file: string;
  readonly #lock: Libsql.Database;
  readonly #db: Libsql.Database;
  readonly #checkpoint: SqliteCheckpoint;
  /** Prepared statements by their SQL. */
  readonly #statements = new Map<string, Libsql.Statement>();
  #trouble: string | null = null;
  /** How many rows the current transaction has changed. */
  #changes = 0;

  /** Throws if another process has the file open. */
  constructor(file: string, maxBytes: number) {
    this.#file = file;
    this.#lock = lock(file);
    this.#db = new Libsql(file);
    try {
      this.#configure(maxBytes);
      this.#createTables();
    } catch (error) {
      this.#db.close();
      this.#lock.close();
      throw error;
    }
    this.#checkpoint = new SqliteCheckpoint(file);
  }

  get<Row>(sql: string, ...values: SqlValue[]): Row | undefined {
    return this.#prepare(sql).get(values) as Row | undefined;
  }

  all<Row>(sql: string, ...values: SqlValue[]): Row[] {
    return this.#prepare(sql).all(values) as Row[];
  }

  /** Returns how many rows it has changed. */
  run(sql: string, ...values: SqlValue[]): number {
    const { changes } = this.#prepare(sql).run(values);
    this.#changes += changes;
    return changes;
  }

  /** All of it or nothing. */
  async write<Result>(change: () => Result): Promise<Result> {
    while (this.#checkpoint.underWay) await this.#checkpoint.underWay;
    return this.writeNow(change);
  }

  /** For when no checkpoint can be under way. */
  writeNow<Result>(change: () => Result): Result {
    this.#changes = 0;
    const result = this.read(() => {
      this.run('BEGIN IMMEDIATE');
      const changed = change();
      this.run('COMMIT');
      return changed;
    });
    this.#trouble = null;
    this.#checkpoint.count(this.#changes);
    return result;
  }

  /** Says what its errors mean to clients. */
  read<Result>(body: () => Result): Result {
    if (!this.#db.open) throw new GatewayError('OVERLOADED', CLOSED, RETRY_AFTER_MS);
    try {
      return body();
    } catch (error) {
      // If the disk is full SQLite has rolled back already.
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
      if (!isSqliteError(error) || error.code.startsWith('SQLITE_CONSTRAINT')) throw error;
      this.#trouble = `The batch store cannot be used: ${error.message} (${error.code}).`;
      const code = error.code.startsWith('SQLITE_FULL') ? 'SPOOL_FULL' : 'OVERLOADED';
      throw new GatewayError(code, this.#trouble, RETRY_AFTER_MS);
    }
  }

  /** Null, or why the file cannot be used; as long as there is a reason, each call tries whether it is over. */
  trouble(): string | null {
    if (this.#trouble !== null && this.#db.open && !this.#checkpoint.underWay) {
      try {
        this.writeNow(() => this.run(`PRAGMA user_version = ${SCHEMA_VERSION}`));
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
      }
    }
    return this.#trouble;
  }

  async close(): Promise<void> {
    if (!this.#db.open) return;
    await this.#checkpoint.close();
    this.#trouble = CLOSED;
    this.#db.close();
    this.#lock.close();
  }

  /** Prepares each statement once. Their number is bounded: all SQL is written in this folder. */
  #prepare(sql: string): Libsql.Statement {
    const prepared = this.#statements.get(sql) ?? this.#db.prepare(sql);
    this.#statements.set(sql, prepared);
    return prepared;
  }

  #configure(maxBytes: number): void {
    this.#db.pragma('journal_mode = WAL');
    // A commit is in the hands of the operating system: it survives the death of the process. Of the machine's power, the
    // last commits do not; the file stays sound.
    this.#db.pragma('synchronous = NORMAL');
    this.#db.pragma('wal_autocheckpoint = 0');
    this.#db.pragma('foreign_keys = ON');
    const page = this.get<{ page_size: number }>('PRAGMA page_size');
    this.#db.pragma(`max_page_count = ${Math.floor(maxBytes / (page?.page_size ?? 1))}`);
  }

  #createTables(): void {
    const row = this.get<{ user_version: number }>('PRAGMA user_version');
    if (row?.user_version === SCHEMA_VERSION) return;
    if (row?.user_version !== 0) {
      throw new Error(
        `${this.#file} has version ${row?.user_version} of the batch tables; this is version ${SCHEMA_VERSION}.`,
      );
    }
    this.#db.exec(`BEGIN IMMEDIATE; ${SCHEMA} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
  }
}

/** Held until it is closed, or the process dies. SQLite's own locks only last for a transaction. */
function lock(file: string): Libsql.Database {
  const db = new Libsql(`${file}.lock`);
  try {
    db.exec('BEGIN EXCLUSIVE');
    return db;
  } catch (error) {
    db.close();
    throw isSqliteError(error, 'SQLITE_BUSY') ? new Error(`${file} is in use by another process.`) : error;
  }
}

function isSqliteError(error: unknown, code?: string): error is Error & { readonly code: string } {
  return error instanceof Libsql.SqliteError && (code === undefined || error.code === code);
}
