/**
 * Takes the pictures of a batch out of the spool when it has ended. A crash at any moment leaves files that the next sweep
 * finds.
 */
import { GatewayError } from '../../core/contracts/errors.ts';
import type { EventSink } from '../../core/contracts/ports.ts';
import { hasEnded } from '../state.ts';
import type { BatchStore, RunItem } from '../store.ts';
import type { Spool } from './spool.ts';

export interface SpoolCleanerParts {
  readonly spool: Pick<Spool, 'batches' | 'remove'>;
  readonly store: Pick<BatchStore, 'find' | 'onChange'>;
  readonly events: EventSink;
}

export class SpoolCleaner {
  readonly #parts: SpoolCleanerParts;
  /** For each batch that may be in the spool: how many of its items run here. As long as any do, it has not ended. */
  readonly #running = new Map<string, number>();
  readonly #forgetChanges: () => void;
  /** Batches about which the store is to be asked, one after the other. */
  readonly #toLook = new Set<string>();
  #looking: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(parts: SpoolCleanerParts) {
    this.#parts = parts;
    this.#forgetChanges = parts.store.onChange((batchId) => {
      // Also batches of which nothing was run here: their gateway may have died, and no other one may know of them.
      for (const changed of batchId === null ? this.#running.keys() : [batchId]) this.follow(changed);
    });
  }

  /** Watches the batch from now on until it has ended. */
  follow(batchId: string): void {
    if (!this.#running.has(batchId)) this.#running.set(batchId, 0);
    this.#look(batchId);
  }

  /** Follows every batch of which an item is run. */
  following(run: RunItem): RunItem {
    return async (work, signal) => {
      const { batchId } = work;
      this.#running.set(batchId, (this.#running.get(batchId) ?? 0) + 1);
      try {
        return await run(work, signal);
      } finally {
        this.#running.set(batchId, (this.#running.get(batchId) ?? 1) - 1);
        // The store tells of no change if the batch has been removed while the item ran, so this is the moment to look.
        this.#look(batchId);
      }
    };
  }

  /** Looks at every file in the spool. The store knows a batch before its file is made: one that it does not know is gone. */
  async sweep(): Promise<void> {
    const present = await this.#parts.spool.batches();
    for (const batchId of [...present, ...this.#running.keys()]) this.follow(batchId);
    await this.#looking;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#forgetChanges();
    await this.#looking;
  }

  #look(batchId: string): void {
    if (this.#running.get(batchId) !== 0 || this.#toLook.has(batchId)) return;
    this.#toLook.add(batchId);
    this.#looking = this.#looking.then(() => this.#removeIfEnded(batchId));
  }

  async #removeIfEnded(batchId: string): Promise<void> {
    this.#toLook.delete(batchId);
    if (this.#closed || this.#running.get(batchId) !== 0) return;
    try {
      const batch = await this.#parts.store.find(batchId);
      if (batch === null || hasEnded(batch)) await this.#remove(batchId);
    } catch (error) {
      // The store is out of reach: it tells of a change when it is back, and the next sweep looks again.
      if (!(error instanceof GatewayError)) this.#parts.events.emit({ type: 'internalError', error });
    }
  }

  async #remove(batchId: string): Promise<void> {
    await this.#parts.spool.remove(batchId);
    if (this.#running.get(batchId) === 0) this.#running.delete(batchId);
  }
}
