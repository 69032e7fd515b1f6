/** A SQLite store in a directory of its own, which can die: the next one finds the files as they were at that moment. */
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore, type SqliteStoreOptions } from '../../src/batches/sqlite/sqlite-store.ts';
import type { BatchStore } from '../../src/batches/store.ts';
import type { StoreUnderTest } from '../conformance/bench.ts';

export class SqliteFile implements StoreUnderTest {
  readonly #directory = mkdtempSync(join(tmpdir(), 'warmpool-sqlite-'));
  readonly #options: Partial<SqliteStoreOptions>;
  readonly #opened: BatchStore[] = [];

  constructor(options: Partial<SqliteStoreOptions> = {}) {
    this.#options = options;
    this.#open();
  }

  get store(): BatchStore {
    return this.#opened.at(-1) as BatchStore;
  }

  get path(): string {
    return this.#pathOf(this.#opened.length - 1);
  }

  /** What the process has handed to the system is all that is left of it. The store before keeps its own files. */
  async reopen(): Promise<BatchStore> {
    const [from, to] = [this.path, this.#pathOf(this.#opened.length)];
    for (const part of ['-wal', '']) if (existsSync(from + part)) cpSync(from + part, to + part);
    return this.#open();
  }

  async end(): Promise<void> {
    await Promise.all(this.#opened.map((store) => store.close()));
    rmSync(this.#directory, { recursive: true });
  }

  #open(): BatchStore {
    const store = openSqliteStore(this.#pathOf(this.#opened.length), this.#options);
    this.#opened.push(store);
    return store;
  }

  #pathOf(life: number): string {
    return join(this.#directory, `batches-${life}.db`);
  }
}
