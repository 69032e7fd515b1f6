/** A batch as a gateway would keep it, in which just that happens what a test says. */
import { EventEmitter, on } from 'node:events';

export type Outcome = { label: string; confidence: number } | { code: string; message: string };

interface Item {
  index: number;
  name: string;
  status: 'QUEUED' | 'DONE' | 'FAILED' | 'CANCELLED';
  label: string | null;
  confidence: number | null;
  error: { code: string; message: string } | null;
}

interface Event {
  seq: number;
  state: string;
  total: number;
  done: number;
  failed: number;
  item: Item | null;
}

export class FakeBatch {
  readonly id: string;
  readonly model = 'cat-dog@2';
  readonly createdAt = new Date().toISOString();
  readonly #items: Item[] = [];
  readonly #events: Event[] = [];
  readonly #changes = new EventEmitter().setMaxListeners(0);
  #isSealed = false;
  #isStopped = false;
  #isRemoved = false;
  #ended = { DONE: 0, FAILED: 0, CANCELLED: 0 };
  /** In place of the events that it missed, the next reader gets a snapshot. */
  #isSlow = false;

  constructor(id: string) {
    this.id = id;
  }

  get clientBatchId(): string {
    return this.id;
  }

  get state(): string {
    if (this.#isStopped) return 'CANCELLED';
    if (!this.#isSealed) return 'ACCEPTING';
    return this.done + this.failed === this.total ? 'COMPLETED' : 'RUNNING';
  }

  get total(): number {
    return this.#items.length;
  }

  get done(): number {
    return this.#ended.DONE;
  }

  get failed(): number {
    return this.#ended.FAILED;
  }

  get cancelled(): number {
    return this.#ended.CANCELLED;
  }

  get seq(): number {
    return this.#events.length;
  }

  get names(): string[] {
    return this.#items.map(({ name }) => name);
  }

  add(name: string): number {
    if (this.#isStopped) throw new Error('CANCELLED');
    const index = this.total;
    this.#items.push({ index, name, status: 'QUEUED', label: null, confidence: null, error: null });
    return index;
  }

  seal(): void {
    this.#isSealed = true;
    this.#record(null);
  }

  finish(index: number, outcome: Outcome): void {
    const item = this.#items[index];
    if (item?.status !== 'QUEUED') return;
    const failure = 'code' in outcome ? outcome : null;
    const ended = failure
      ? { ...item, status: 'FAILED' as const, error: failure }
      : { ...item, status: 'DONE' as const, ...(outcome as { label: string; confidence: number }) };
    this.#items[index] = ended;
    this.#ended[ended.status]++;
    this.#record(ended);
  }

  cancel(): void {
    this.#isStopped = true;
    for (const item of this.#items) {
      if (item.status !== 'QUEUED') continue;
      item.status = 'CANCELLED';
      this.#ended.CANCELLED++;
    }
    this.#record(null);
  }

  remove(): void {
    this.#isRemoved = true;
    this.#changes.emit('change');
  }

  /** Every reader misses what happens in `work`. */
  unheard(work: () => void): void {
    this.#isSlow = true;
    this.#changes.emit('change');
    work();
  }

  items = ({ first, after }: { first: number; after: string | null }) => {
    const start = Number(after ?? 0);
    const end = start + first;
    return { nodes: this.#items.slice(start, end), next: end < this.total ? String(end) : null };
  };

  async *progress(after: number | null, signal: AbortSignal): AsyncGenerator<Event> {
    const changes = on(this.#changes, 'change', { signal });
    let seq = after ?? this.seq;
    if (after === null) yield this.#snapshot();
    for (;;) {
      if (this.#isSlow && seq < this.seq) {
        this.#isSlow = false;
        seq = this.seq;
        yield this.#snapshot();
      }
      while (seq < this.seq && !this.#isSlow) yield this.#events[seq++] as Event;
      if (this.#isRemoved) return;
      if (seq === this.seq && (this.state === 'COMPLETED' || this.state === 'CANCELLED')) return;
      await changes.next();
    }
  }

  #record(item: Item | null): void {
    this.#events.push({ ...this.#snapshot(), seq: this.seq + 1, item });
    this.#changes.emit('change');
  }

  #snapshot(): Event {
    const { seq, state, total, done, failed } = this;
    return { seq, state, total, done, failed, item: null };
  }
}
