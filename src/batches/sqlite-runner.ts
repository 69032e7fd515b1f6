/** Runs what is in the queue, so many items at once, and brings back what became of each. */
import { setMaxListeners } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { GatewayError } from '../core/errors.ts';
import type { RunItem } from './store.ts';
import type { BatchWork, ItemOutcome } from './types.ts';

export interface ItemQueue {
  /** Null if nothing waits. */
  take(): Promise<BatchWork | null>;
  finish(work: BatchWork, outcome: ItemOutcome): Promise<void>;
  giveBack(work: BatchWork): Promise<void>;
}

export interface RunnerOptions {
  readonly run: RunItem;
  /** Most items at once. */
  readonly concurrency: number;
  /** From an item that was given back, or a queue that is in trouble, to the next try, in ms. */
  readonly retryMs: number;
}

export class SqliteRunner {
  readonly #queue: ItemQueue;
  readonly #options: RunnerOptions;
  readonly #closing = new AbortController();
  /** One for each item that runs or pauses. */
  readonly #slots = new Set<Promise<void>>();
  #filling: Promise<void> = Promise.resolve();

  constructor(queue: ItemQueue, options: RunnerOptions) {
    this.#queue = queue;
    this.#options = options;
    // One for each item that runs or pauses.
    setMaxListeners(0, this.#closing.signal);
  }

  /** To be called whenever an item has come to the queue. */
  wake(): void {
    if (this.#hasRoom) this.#filling = this.#filling.then(() => this.#fill());
  }

  /** Aborts what runs and waits for it. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#filling;
    await Promise.all(this.#slots);
  }

  get #hasRoom(): boolean {
    return this.#slots.size < this.#options.concurrency && !this.#closing.signal.aborted;
  }

  async #fill(): Promise<void> {
    while (this.#hasRoom) {
      const work = await this.#take();
      if (work === null) return;
      this.#occupy(work === 'trouble' ? this.#pause() : this.#run(work));
      if (work === 'trouble') return;
    }
  }

  async #take(): Promise<BatchWork | 'trouble' | null> {
    try {
      return await this.#queue.take();
    } catch (error) {
      if (error instanceof GatewayError) return 'trouble';
      throw error;
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
    await this.#bringBack(work, outcome);
    // It would be the first in the queue again, and be refused as fast as it can be run.
    if (outcome === null) await this.#pause();
  }

  /** Null if the item is given back. */
  async #outcome(work: BatchWork): Promise<ItemOutcome | null> {
    const closing = this.#closing.signal;
    if (closing.aborted) return null;
    const item = new AbortController();
    const abort = () => item.abort();
    closing.addEventListener('abort', abort);
    try {
      return await this.#options.run(work, item.signal);
    } catch {
      return null;
    } finally {
      closing.removeEventListener('abort', abort);
    }
  }

  /** Tries until it is written, or the next process has to find out. */
  async #bringBack(work: BatchWork, outcome: ItemOutcome | null): Promise<void> {
    for (;;) {
      try {
        if (outcome) await this.#queue.finish(work, outcome);
        else await this.#queue.giveBack(work);
        return;
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
        if (this.#closing.signal.aborted) return;
        await this.#pause();
      }
    }
  }

  async #pause(): Promise<void> {
    await setTimeout(this.#options.retryMs, undefined, { signal: this.#closing.signal }).catch(() => {});
  }
}
