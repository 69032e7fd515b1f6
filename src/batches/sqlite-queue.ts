/** The items that wait, of all batches the oldest first, and how they leave the queue and come back. */
import type { SqliteDatabase } from './sqlite-database.ts';
import type { RunningItem, SqliteRecords } from './sqlite-records.ts';
import { toFacts } from './sqlite-rows.ts';
import type { ItemQueue } from './sqlite-runner.ts';
import { finish, giveBack, take } from './state.ts';
import type { BatchWork, ItemOutcome } from './types.ts';

/** An item that was running each time when so many processes died is taken for the cause. */
const MOST_DEATHS = 5;

export class SqliteQueue implements ItemQueue {
  readonly #db: SqliteDatabase;
  readonly #records: SqliteRecords;

  readonly #onChange: (batchId: string) => void;

  constructor(db: SqliteDatabase, records: SqliteRecords, onChange: (batchId: string) => void) {
    this.#db = db;
    this.#records = records;
    this.#onChange = onChange;
  }

  /** The next item, which is running from now on; null if none waits. */
  async take(): Promise<BatchWork | null> {
    const records = this.#records;
    if (!this.#db.read(() => records.batchToRun())) return null;
    return this.#db.write(() => {
      const row = records.batchToRun();
      const position = row && records.firstWaiting(row);
      const change = row && take(toFacts(row), 'waiting');
      if (!change || position === undefined) return null;
      records.saveItem(row, position, change);
      return { batchId: row.id, index: position, model: row.model, topK: row.topK };
    });
  }

  /** Does nothing if the item is not running (any more), or gone. */
  async finish({ batchId, index }: BatchWork, outcome: ItemOutcome): Promise<void> {
    await this.#db.write(() => this.#finish(batchId, index, outcome));
    this.#onChange(batchId);
  }

  /** Does nothing if the item is not running (any more), or gone. */
  async giveBack({ batchId, index }: BatchWork): Promise<void> {
    await this.#db.write(() => this.#giveBack(batchId, index));
    this.#onChange(batchId);
  }

  /** Brings back what was running when the process before this one died. */
  recover(): void {
    this.#db.writeNow(() => {
      for (const item of this.#records.running()) this.#recover(item);
    });
  }

  #recover(item: RunningItem): void {
    const { batchId, position } = item;
    const deaths = item.deaths + 1;
    this.#records.countDeath(item);
    if (deaths < MOST_DEATHS) this.#giveBack(batchId, position);
    else this.#finish(batchId, position, tooManyDeaths(deaths));
  }

  #finish(batchId: string, position: number, outcome: ItemOutcome): void {
    const row = this.#records.batch(batchId);
    const phase = row && this.#records.phase(row, position);
    const change = phase && finish(toFacts(row), phase, outcome);
    if (change) this.#records.saveItem(row, position, change, outcome);
  }

  #giveBack(batchId: string, position: number): void {
    const row = this.#records.batch(batchId);
    const phase = row && this.#records.phase(row, position);
    const change = phase && giveBack(toFacts(row), phase);
    if (change) this.#records.saveItem(row, position, change);
  }
}

function tooManyDeaths(deaths: number): ItemOutcome {
  const message = `The gateway died ${deaths} times while this picture was classified; it is not tried again.`;
  return { ok: false, code: 'WORKER_FAILED', message };
}
