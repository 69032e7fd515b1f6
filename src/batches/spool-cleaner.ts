/**
 * Takes pictures out of the spool once nobody needs them: each when its item has ended, which is an event of its batch, and
 * what is left when the batch has ended. A crash at any moment leaves files that the next sweep finds.
 */
import { setMaxListeners } from 'node:events';
import { GatewayError } from '../core/errors.ts';
import type { EventSink } from '../core/ports.ts';
import { progress } from './progress.ts';
import type { Spool } from './spool.ts';
import type { BatchStore } from './store.ts';

export interface SpoolCleanerParts {
  readonly spool: Pick<Spool, 'batches' | 'remove' | 'removeBatch'>;
  readonly store: BatchStore;
  readonly events: EventSink;
}

export class SpoolCleaner {
  readonly #parts: SpoolCleanerParts;
  readonly #followed = new Map<string, Promise<void>>();
  readonly #closing = new AbortController();

  constructor(parts: SpoolCleanerParts) {
    this.#parts = parts;
    // As many as there are batches.
    setMaxListeners(0, this.#closing.signal);
  }

  /** From now on to the batch's end. */
  follow(batchId: string): void {
    if (this.#closing.signal.aborted || this.#followed.has(batchId)) return;
    const followed = this.#clean(batchId)
      // The store is out of reach: the next sweep follows the batch again.
      .catch((error) => error instanceof GatewayError || this.#parts.events.emit({ type: 'internalError', error }))
      .then(() => void this.#followed.delete(batchId));
    this.#followed.set(batchId, followed);
  }

  /**
   * Looks through the whole spool. A batch that is still being uploaded, here or by another gateway, loses nothing but the
   * pictures of ended items: its folder is made after the store knows it.
   */
  async sweep(): Promise<void> {
    const { spool, store } = this.#parts;
    const batches = await spool.batches();
    const unknown = new Set(await store.unknown(batches));
    for (const batchId of unknown) await spool.removeBatch(batchId);
    for (const batchId of batches) if (!unknown.has(batchId)) this.follow(batchId);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#followed.values());
  }

  async #clean(batchId: string): Promise<void> {
    const { spool, store } = this.#parts;
    const { signal } = this.#closing;
    const request = { id: batchId, after: 0, maxLag: Number.POSITIVE_INFINITY, signal };
    for await (const { item } of progress(store, request)) if (item) await spool.remove(batchId, item.index);
    if (!signal.aborted) await spool.removeBatch(batchId);
  }
}
