/**
 * What of an upload is on its way to the disk and the store. While one portion is being written the next one gathers, and goes
 * as a whole: the faster pictures come, the fewer writes and transactions they take; one that comes alone goes at once.
 *
 *   idle → writing → idle
 *            └→ failed   final: whoever writes next, or waits for the end, is told why
 */
import type { BatchStore } from '../store.ts';
import type { NewItem } from '../types.ts';
import type { SpoolFile } from './file.ts';

/** Most bytes that gather before the upload has to wait. */
const MOST_BYTES = 1024 * 1024;
/** Most items that gather: adding so many takes the store a millisecond or two, in which this process does nothing else. */
const MOST_ITEMS = 200;

export class SpoolWriter {
  readonly #batchId: string;
  readonly #file: SpoolFile;
  readonly #store: Pick<BatchStore, 'add'>;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #items: NewItem[] = [];
  #added = 0;
  /** Never rejects. */
  #writing: Promise<void> | null = null;
  #failure: { readonly error: unknown } | null = null;

  constructor(batchId: string, file: SpoolFile, store: Pick<BatchStore, 'add'>) {
    this.#batchId = batchId;
    this.#file = file;
    this.#store = store;
  }

  get isFull(): boolean {
    return this.#bytes >= MOST_BYTES || this.#items.length >= MOST_ITEMS;
  }

  /**
   * Takes bytes of the next picture. Like `add` it must be called only while it is not full, and throws what went wrong
   * before.
   */
  write(chunk: Buffer): void {
    this.#throwFailure();
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    this.#start();
  }

  /** Resolves when everything is on the disk and in the store. Rejects if that went wrong. */
  async drained(): Promise<void> {
    await this.#writing;
    this.#throwFailure();
  }

  /** Takes an item all of whose bytes have been given to `write`. */
  add(item: NewItem): void {
    this.#throwFailure();
    this.#items.push(item);
    this.#start();
  }

  /** Waits for what is under way, and drops the rest. Rejects if the system could not keep what it had taken. */
  async close(): Promise<void> {
    [this.#chunks, this.#items, this.#bytes] = [[], [], 0];
    await this.#writing;
    await this.#file.close();
  }

  #start(): void {
    this.#writing ??= this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#chunks.length > 0 || this.#items.length > 0) {
        const [chunks, items] = [this.#chunks, this.#items];
        [this.#chunks, this.#items, this.#bytes] = [[], [], 0];
        if (chunks.length > 0) await this.#file.append(chunks);
        if (items.length > 0) await this.#addItems(items);
      }
    } catch (error) {
      this.#failure = { error };
    } finally {
      this.#writing = null;
    }
  }

  async #addItems(items: readonly NewItem[]): Promise<void> {
    const first = await this.#store.add(this.#batchId, items);
    if (first !== this.#added) throw new Error(`picture ${this.#added} of a batch became its item ${first}`);
    this.#added += items.length;
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }
}
