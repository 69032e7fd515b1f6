/**
 * Runs what is in the queue, so many items at once, and brings back what became of each. Items that end soon one after the
 * other go back together, and as many others come: a transaction costs more than what is done in it.
 */
import { setMaxListeners } from 'node:events';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { GatewayError } from '../../core/contracts/errors.ts';
import type { RunItem } from '../store.ts';
import type { BatchWork, ItemOutcome } from '../types.ts';
import type { EndedItem, SqliteQueue } from './queue.ts';

/** Longest time for which an item that has ended waits for others, in ms. */
const GATHER_MS = 5;

export class SqliteRunner {
  readonly #queue: SqliteQueue;
  readonly #runItem: RunItem;
  readonly #concurrency: number;
  readonly #retryMs: number;
  readonly #closing = new AbortController();
  /** One for each item that runs or pauses. */
  readonly #slots = new Set<Promise<void>>();
  #ended: EndedItem[] = [];
  #isWanted = false;
  #onRoom = () => {};
  #exchanging: Promise<void> | null = null;

  /**
   * `concurrency`: most items at once; `retryMs`: from an item that was given back, or a queue that is in trouble, to the next
   * try.
   */
  constructor(queue: SqliteQueue, run: RunItem, concurrency: number, retryMs: number) {
    this.#queue = queue;
    this.#runItem = run;
    this.#concurrency = concurrency;
    this.#retryMs = retryMs;
    // Each item that runs or pauses listens to it: no warning about their number.
    setMaxListeners(0, this.#closing.signal);
  }

  /** To be called whenever an item has come to the queue. */
  wake(): void {
    this.#isWanted = true;
    if (this.#hasMuchRoom) this.#onRoom();
    this.#exchanging ??= this.#exchangeAll();
  }

  /** Aborts what runs, waits for it and gives it back. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#exchanging;
    await Promise.all(this.#slots);
    await this.#exchange(0);
  }

  async #exchangeAll(): Promise<void> {
    while (this.#isWanted && !this.#closing.signal.aborted) {
      await this.#gather();
      this.#isWanted = false;
      if (await this.#exchange(this.#concurrency - this.#slots.size)) continue;
      this.#isWanted = true;
      await this.#pause();
    }
    this.#exchanging = null;
  }

  /** At most half of what may run does run: workers might have nothing to do if this waited any longer. */
  get #hasMuchRoom(): boolean {
    return 2 * this.#slots.size <= this.#concurrency;
  }

  async #gather(): Promise<void> {
    await setImmediate();
    if (this.#hasMuchRoom) return;
    const room = new AbortController();
    this.#onRoom = () => room.abort();
    await setTimeout(GATHER_MS, undefined, room).catch(() => {});
  }

  /** False if the queue is in trouble: then nothing has changed. */
  async #exchange(room: number): Promise<boolean> {
    const ended = this.#ended;
    if (ended.length === 0 && room <= 0) return true;
    this.#ended = [];
    try {
      for (const work of await this.#queue.exchange(ended, room)) this.#occupy(this.#run(work));
      return true;
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      this.#ended = [...ended, ...this.#ended];
      return false;
    }
  }

  #occupy(work: Promise<void>): void {
    const slot = work.finally(() => {
      this.#slots.delete(slot);
      this.wake();
    });
    this.#slots.add(slot);
  }

  async #run(work: BatchWork): Promise<void> {
    const outcome = await this.#outcome(work);
    // Given back at once it would be first in the queue again, and be run and refused as fast as that goes.
    if (!outcome) await this.#pause();
    this.#ended.push({ work, outcome });
  }

  /** Null if the item is given back. */
  async #outcome(work: BatchWork): Promise<ItemOutcome | null> {
    const { signal } = this.#closing;
    if (signal.aborted) return null;
    return this.#runItem(work, signal).catch(() => null);
  }

  async #pause(): Promise<void> {
    await setTimeout(this.#retryMs, undefined, { signal: this.#closing.signal }).catch(() => {});
  }
}
