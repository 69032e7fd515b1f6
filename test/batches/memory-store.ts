/** The store's contract in memory, with a switch that puts it out of reach: what is above the stores is tested on it. */
import type { BatchStore, NewBatch, RunItem } from '../../src/batches/store.ts';
import type { Batch, BatchEvent, BatchItem, Extent, ItemOutcome, NewItem } from '../../src/batches/types.ts';
import { GatewayError } from '../../src/core/contracts/errors.ts';

interface Entry {
  readonly base: NewBatch;
  readonly items: BatchItem[];
  readonly extents: Extent[];
  readonly events: BatchEvent[];
  sealed: boolean;
  cancelled: boolean;
}

export class MemoryStore implements BatchStore {
  /** Why it is out of reach, or null. */
  outage: string | null = null;
  /** Called before each method does anything. */
  onCall: (method: string) => void = () => {};
  readonly listeners = new Set<(batchId: string | null) => void>();
  readonly #entries = new Map<string, Entry>();
  readonly #running = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  #run: RunItem | null = null;
  #concurrency = 0;

  async create(batch: NewBatch) {
    this.#call('create');
    for (const entry of this.#entries.values()) {
      if (batch.clientBatchId !== null && entry.base.clientBatchId === batch.clientBatchId) {
        return { batch: stateOf(entry), created: false };
      }
    }
    const entry: Entry = { base: batch, items: [], extents: [], events: [], sealed: false, cancelled: false };
    this.#entries.set(batch.id, entry);
    return { batch: stateOf(entry), created: true };
  }

  async add(batchId: string, newItems: readonly NewItem[]) {
    const entry = this.#entry('add', batchId);
    if (entry.cancelled) throw new GatewayError('CANCELLED', 'The batch was cancelled.');
    const first = entry.items.length;
    for (const { name, extent } of newItems) {
      entry.items.push({ index: entry.items.length, name, status: 'queued', outcome: null });
      entry.extents.push(extent);
    }
    this.#dispatch();
    return first;
  }

  async seal(batchId: string) {
    const entry = this.#entry('seal', batchId);
    if (entry.cancelled || entry.sealed) return stateOf(entry);
    entry.sealed = true;
    this.#happened(entry, null);
    return stateOf(entry);
  }

  async discard(batchId: string) {
    this.#entry('discard', batchId);
    this.#entries.delete(batchId);
    this.#notify(batchId);
  }

  async cancel(batchId: string) {
    const entry = this.#entry('cancel', batchId);
    if (stateOf(entry).state === 'completed' || entry.cancelled) return stateOf(entry);
    entry.cancelled = true;
    for (const item of entry.items) if (item.status === 'queued') set(entry, { ...item, status: 'cancelled' });
    this.#happened(entry, null);
    return stateOf(entry);
  }

  async find(id: string) {
    this.#call('find');
    const entry =
      this.#entries.get(id) ?? [...this.#entries.values()].find(({ base }) => base.clientBatchId === id) ?? null;
    return entry && stateOf(entry);
  }

  async list() {
    this.#call('list');
    return { nodes: [...this.#entries.values()].reverse().map(stateOf), next: null };
  }

  async items(batchId: string) {
    return { nodes: [...this.#entry('items', batchId).items], next: null };
  }

  async events(batchId: string, after: number, limit: number) {
    return this.#entry('events', batchId).events.slice(after, after + limit);
  }

  onChange(listener: (batchId: string | null) => void) {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  process(run: RunItem, concurrency: number) {
    this.#run = run;
    this.#concurrency = concurrency;
    this.#dispatch();
  }

  async prune(before: number, keep: number) {
    this.#call('prune');
    const ended = [...this.#entries.values()].filter((entry) => /completed|cancelled/.test(stateOf(entry).state));
    const gone = ended.filter(({ base }, i) => base.createdAt < before || i < ended.length - keep);
    for (const { base } of gone) {
      this.#entries.delete(base.id);
      this.#notify(base.id);
    }
    return gone.map(({ base }) => base.id);
  }

  trouble() {
    return this.outage;
  }

  async close() {
    this.#stopping.abort();
    await Promise.all(this.#running);
  }

  /** As though a gateway had run the item. */
  end(batchId: string, index: number, outcome: ItemOutcome): void {
    const entry = this.#entries.get(batchId);
    const item = entry?.items[index];
    if (!entry || !item || item.outcome || item.status === 'cancelled') return;
    const ended: BatchItem = { ...item, status: outcome.ok ? 'done' : 'failed', outcome };
    set(entry, ended);
    this.#happened(entry, ended);
  }

  /** As though a gateway had begun with the item. */
  begin(batchId: string, index: number): void {
    const entry = this.#entries.get(batchId) as Entry;
    set(entry, { ...(entry.items[index] as BatchItem), status: 'running' });
  }

  /** As though the gateway that runs the item had died. */
  giveBack(batchId: string, index: number): void {
    const entry = this.#entries.get(batchId);
    const item = entry?.items[index];
    if (!entry || item?.status !== 'running') return;
    set(entry, { ...item, status: entry.cancelled ? 'cancelled' : 'queued' });
    if (entry.cancelled) this.#notify(batchId);
    this.#dispatch();
  }

  #dispatch(): void {
    for (const entry of this.#entries.values()) {
      for (const { index, status } of entry.items) {
        if (!this.#run || this.#stopping.signal.aborted || this.#running.size >= this.#concurrency) return;
        if (status !== 'queued') continue;
        this.begin(entry.base.id, index);
        const running: Promise<void> = this.#runItem(this.#run, entry, index).then(() => {
          this.#running.delete(running);
          this.#dispatch();
        });
        this.#running.add(running);
      }
    }
  }

  async #runItem(run: RunItem, { base, extents }: Entry, index: number): Promise<void> {
    const { id, model, topK } = base;
    const work = { batchId: id, index, extent: extents[index] as Extent, model, topK };
    try {
      this.end(id, index, await run(work, this.#stopping.signal));
    } catch {
      this.giveBack(id, index);
    }
  }

  #happened(entry: Entry, item: BatchItem | null): void {
    const { seq, state, total, done, failed } = stateOf(entry);
    entry.events.push({ seq: seq + 1, state, total, done, failed, item });
    this.#notify(entry.base.id);
  }

  #notify(batchId: string): void {
    for (const listener of this.listeners) listener(batchId);
  }

  #call(method: string): void {
    this.onCall(method);
    if (this.outage) throw new GatewayError('OVERLOADED', this.outage, 1000);
  }

  #entry(method: string, batchId: string): Entry {
    this.#call(method);
    const entry = this.#entries.get(batchId);
    if (!entry) throw new GatewayError('BATCH_NOT_FOUND', `There is no batch ${batchId}.`);
    return entry;
  }
}

function set({ items }: Entry, item: BatchItem): void {
  items[item.index] = item;
}

function stateOf({ base, items, events, sealed, cancelled }: Entry): Batch {
  const count = (status: string) => items.filter((item) => item.status === status).length;
  const numbers = { total: items.length, done: count('done'), failed: count('failed'), cancelled: count('cancelled') };
  const ended = sealed && numbers.done + numbers.failed === numbers.total;
  const state = cancelled ? 'cancelled' : ended ? 'completed' : sealed ? 'running' : 'accepting';
  return { ...base, ...numbers, state, seq: events.length };
}
