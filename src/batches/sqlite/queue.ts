/** The items that wait, of all batches the oldest first, and how they leave the queue and come back. */
import { isSuspect, outcomeAfter } from '../deaths.ts';
import { finish, giveBack, take } from '../state.ts';
import type { BatchWork, ItemOutcome } from '../types.ts';
import type { SqliteDatabase } from './database.ts';
import type { SqliteRecords, WaitingItem } from './records.ts';
import { type BatchRow, toFacts } from './rows.ts';

export interface EndedItem {
  readonly work: Pick<BatchWork, 'batchId' | 'index'>;
  /** Null if it is given back. */
  readonly outcome: ItemOutcome | null;
}

export class SqliteQueue {
  readonly #db: SqliteDatabase;
  readonly #records: SqliteRecords;
  readonly #onChange: (batchId: string) => void;
  /** Items that were taken and have not come back. */
  #running = 0;
  /** The one item that runs is suspected of ending its process: no other one may be taken. */
  #isAlone = false;

  constructor(db: SqliteDatabase, records: SqliteRecords, onChange: (batchId: string) => void) {
    this.#db = db;
    this.#records = records;
    this.#onChange = onChange;
  }

  /** Brings back items and takes others, at most `wanted`, in one step. */
  async exchange(ended: readonly EndedItem[], wanted: number): Promise<readonly BatchWork[]> {
    if (ended.length === 0 && !this.#db.read(() => this.#records.batchToRun())) return [];
    const running = this.#running - ended.length;
    const taken = await this.#db.write(() => {
      this.#bringBack(ended);
      return this.#take(wanted, running);
    });
    this.#running = running + taken.length;
    for (const batchId of batchesOf(ended)) this.#onChange(batchId);
    return taken;
  }

  /** Brings back what was running when the process before this one died. */
  recover(): void {
    this.#db.writeNow(() => {
      for (const { batchId, position, deaths } of this.#records.countDeaths()) {
        this.#bringBack([{ work: { batchId, index: position }, outcome: outcomeAfter(deaths) }]);
      }
    });
  }

  /** Items that are gone, or do not run (any more), stay as they are. */
  #bringBack(ended: readonly EndedItem[]): void {
    for (const batchId of batchesOf(ended)) {
      const row = this.#records.batch(batchId);
      if (!row) continue;
      let facts = toFacts(row);
      for (const { work, outcome } of ended) {
        const phase = work.batchId === batchId && this.#records.phase(row.number, work.index);
        const change = phase && (outcome ? finish(facts, phase, outcome) : giveBack(facts, phase));
        if (!change) continue;
        facts = change.batch;
        this.#records.saveItem(row.number, work.index, change.phase, outcome);
        if (outcome) this.#records.createEvent(row.number, facts, work.index);
      }
      this.#records.saveBatch(row.number, facts);
    }
  }

  #take(wanted: number, running: number): readonly BatchWork[] {
    const taken: BatchWork[] = [];
    if (running === 0) this.#isAlone = false;
    while (taken.length < wanted && !this.#isAlone) {
      const row = this.#records.batchToRun();
      const some = row ? this.#takeFrom(row, wanted - taken.length, running + taken.length) : [];
      if (some.length === 0) break;
      taken.push(...some);
    }
    return taken;
  }

  #takeFrom(row: BatchRow, wanted: number, running: number): readonly BatchWork[] {
    let facts = toFacts(row);
    const items = this.#mayRun(this.#records.waiting(row.number, wanted), running);
    for (const { position } of items) {
      const change = take(facts, 'waiting');
      if (!change) throw new Error(`batch ${row.id} is to be run, but its item ${position} is not`);
      facts = change.batch;
      this.#records.saveItem(row.number, position, change.phase);
    }
    this.#records.saveBatch(row.number, facts);
    return items.map(({ position: index, offset, length }) => {
      return { batchId: row.id, index, model: row.model, topK: row.topK, extent: { offset, length } };
    });
  }

  /** A suspect waits until nothing runs, and those behind it wait for its end. */
  #mayRun(items: readonly WaitingItem[], running: number): readonly WaitingItem[] {
    const suspect = items.findIndex(({ deaths }) => isSuspect(deaths));
    if (suspect === -1) return items;
    this.#isAlone = suspect === 0 && running === 0;
    return items.slice(0, this.#isAlone ? 1 : suspect);
  }
}

function batchesOf(ended: readonly EndedItem[]): ReadonlySet<string> {
  return new Set(ended.map(({ work }) => work.batchId));
}
