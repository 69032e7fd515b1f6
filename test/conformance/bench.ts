/** What the audits work with: a store, shorthands for what clients do to it, and runs whose outcomes they decide. */
import { randomUUID } from 'node:crypto';
import { expect, vi } from 'vitest';
import type { BatchStore, NewBatch, RunItem } from '../../src/batches/store.ts';
import type {
  Batch,
  BatchEvent,
  BatchItem,
  BatchWork,
  ItemOutcome,
  ItemStatus,
  Page,
} from '../../src/batches/types.ts';
import type { ErrorCode } from '../../src/core/contracts/errors.ts';
import { newItems } from './new-items.ts';
import { outcomeOf } from './outcomes.ts';

export interface StoreUnderTest {
  readonly store: BatchStore;
  /**
   * Opens the store again after its process has died: the one before was not closed, and whatever it still does comes too
   * late. After a `close` it is just the next start.
   */
  reopen(): Promise<BatchStore>;
  /** Closes all that is still open, and removes what is left of it. */
  end(): Promise<void>;
}

/** How long an audit waits for what is not announced, such as the end of a dead gateway's lease. */
const PATIENCE_MS = 15_000;

const EPOCH = Date.UTC(2024, 0, 1);

export class Bench {
  store: BatchStore;
  readonly #opened: StoreUnderTest;
  #created = 0;

  constructor(opened: StoreUnderTest) {
    this.#opened = opened;
    this.store = opened.store;
  }

  /** A batch as the service asks for it, each created a second after the one before. */
  newBatch(wishes: Partial<NewBatch> = {}): NewBatch {
    const createdAt = EPOCH + 1_000 * this.#created++;
    return { id: randomUUID(), clientBatchId: null, model: 'cat-dog@1', topK: null, createdAt, ...wishes };
  }

  /** A batch that is accepting; its id. */
  async begin(names: readonly string[], wishes: Partial<NewBatch> = {}): Promise<string> {
    const { batch } = await this.store.create(this.newBatch(wishes));
    if (names.length > 0) await this.add(batch.id, names);
    return batch.id;
  }

  /** A group of pictures that have arrived. Returns the index of the first one. */
  add(batchId: string, names: readonly string[]): Promise<number> {
    return this.store.add(batchId, newItems(names));
  }

  /** A batch whose upload is complete; its id. */
  async upload(names: readonly string[], wishes: Partial<NewBatch> = {}): Promise<string> {
    const id = await this.begin(names, wishes);
    await this.store.seal(id);
    return id;
  }

  /** A batch that is completed; its id. To be called once something processes the items. */
  async completed(names: readonly string[], wishes: Partial<NewBatch> = {}): Promise<string> {
    const id = await this.upload(names, wishes);
    await this.until(id, ({ state }) => state === 'completed');
    return id;
  }

  /** Starts to run items; each waits for what the audit does with it. */
  process(concurrency = 1): Runs {
    const runs = new Runs();
    this.store.process(runs.run, concurrency);
    return runs;
  }

  /** The process dies; from here on `store` is the one that is opened after it. */
  async crash(): Promise<void> {
    this.store = await this.#opened.reopen();
  }

  async close(): Promise<void> {
    await this.store.close();
  }

  end(): Promise<void> {
    return this.#opened.end();
  }

  async find(id: string): Promise<Batch> {
    const batch = await this.store.find(id);
    if (!batch) throw new Error(`There is no batch ${id}`);
    return batch;
  }

  /** Looks again whenever the store says that something has happened. */
  async until(id: string, holds: (batch: Batch) => boolean): Promise<Batch> {
    for (;;) {
      const { changed, forget } = this.#nextChange(id);
      try {
        const batch = await this.find(id);
        if (holds(batch)) return batch;
        await changed;
      } finally {
        forget();
      }
    }
  }

  /** Looks again and again, for what is not announced. */
  async eventually(assertion: () => Promise<void>): Promise<void> {
    await vi.waitFor(assertion, { timeout: PATIENCE_MS, interval: 20 });
  }

  /** All of it, a few at a time. */
  async events(id: string): Promise<BatchEvent[]> {
    const all: BatchEvent[] = [];
    for (;;) {
      const some = await this.store.events(id, all.at(-1)?.seq ?? 0, 3);
      if (some.length === 0) return all;
      all.push(...some);
    }
  }

  items(id: string, status: ItemStatus | null = null, first = 1000): Promise<BatchItem[]> {
    return everyPage((after) => this.store.items(id, { first, after, status }));
  }

  batches(first = 1000): Promise<Batch[]> {
    return everyPage((after) => this.store.list({ first, after }));
  }

  async statuses(id: string): Promise<ItemStatus[]> {
    return (await this.items(id)).map(({ status }) => status);
  }

  #nextChange(id: string): { changed: Promise<void>; forget: () => void } {
    let forget = () => {};
    const changed = new Promise<void>((resolve) => {
      forget = this.store.onChange((changedId) => {
        if (changedId === id || changedId === null) resolve();
      });
    });
    return { changed, forget };
  }
}

export interface Run {
  readonly work: BatchWork;
  readonly signal: AbortSignal;
  finish(outcome: ItemOutcome): void;
  giveBack(): void;
}

/** Items that run until the audit says how they end, or until they are aborted. */
export class Runs {
  readonly #waiting: Run[] = [];
  #wake = () => {};
  #running = 0;
  /** Most that ran at once. */
  most = 0;

  readonly run: RunItem = async (work, signal) => {
    this.most = Math.max(this.most, ++this.#running);
    try {
      return await new Promise<ItemOutcome>((finish, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        this.#waiting.push({ work, signal, finish, giveBack: () => reject(new Error('not now')) });
        this.#wake();
      });
    } finally {
      this.#running--;
    }
  };

  /** The next item that is started. */
  async next(): Promise<Run> {
    for (;;) {
      const run = this.#waiting.shift();
      if (run) return run;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async several(count: number): Promise<Run[]> {
    const runs: Run[] = [];
    while (runs.length < count) runs.push(await this.next());
    return runs;
  }

  /** One of those that were started and wait for what becomes of them. */
  pick(n: number): Run | undefined {
    return this.#waiting.splice(n % Math.max(1, this.#waiting.length), 1)[0];
  }

  /** Every item that is started from now on gets its outcome at once. */
  async finishAll(outcome: (work: BatchWork) => ItemOutcome = outcomeOf): Promise<never> {
    for (;;) {
      const run = await this.next();
      run.finish(outcome(run.work));
    }
  }
}

async function everyPage<Node>(page: (after: string | null) => Promise<Page<Node>>): Promise<Node[]> {
  const all: Node[] = [];
  for (let after: string | null = null; ; ) {
    const { nodes, next }: Page<Node> = await page(after);
    all.push(...nodes);
    if (next === null) return all;
    after = next;
  }
}

export async function rejectsWith(code: ErrorCode, promise: Promise<unknown>): Promise<void> {
  await expect(promise).rejects.toMatchObject({ name: 'GatewayError', code });
}
