/**
 * How a batch fills up, for one subscriber: a snapshot, then its events, to the end. Nothing is kept for a subscriber but the
 * number of the last event that it took: events are read from the store when it is ready for them. One that falls too far
 * behind gets a snapshot in place of what it missed.
 */
import { GatewayError } from '../core/contracts/errors.ts';
import { batchNotFound } from './refusals.ts';
import { hasEnded } from './state.ts';
import type { BatchStore } from './store.ts';
import type { Batch, BatchEvent } from './types.ts';

export interface ProgressRequest {
  /** The batch's id or the client's own for it. */
  readonly id: string;
  /** The last event that the subscriber has, instead of the snapshot; null for none. */
  readonly after: number | null;
  /**
   * Most events that come to wait for the subscriber before they are left out. Those that it resumes with are no such events.
   */
  readonly maxLag: number;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Events read at once. */
const PAGE = 100;

/**
 * Ends with the batch, when every event has been given, and when the batch is removed. Rejects with BATCH_NOT_FOUND, or with
 * BAD_USER_INPUT if `after` is beyond the end.
 */
export function progress(store: BatchStore, request: ProgressRequest): AsyncGenerator<BatchEvent, void> {
  const changes = new Changes();
  const events = follow(store, request, changes);
  // A generator that waits would hear of its end only after the next event.
  const end = events.return.bind(events);
  events.return = (value) => {
    changes.end();
    return end(value);
  };
  return events;
}

async function* follow(
  store: BatchStore,
  { id, after, maxLag, signal }: ProgressRequest,
  changes: Changes,
): AsyncGenerator<BatchEvent, void> {
  let batch = await store.find(id);
  if (!batch) throw batchNotFound(id);
  checkAfter(after, batch);
  changes.listen(store, batch.id, signal);
  try {
    if (after === null && !changes.ended) yield snapshotOf(batch);
    const resumedAt = batch.seq;
    let seq = after ?? batch.seq;
    while (await changes.next()) {
      batch = await store.find(batch.id);
      if (!batch) return;
      if (seq >= resumedAt && batch.seq - seq > maxLag) {
        yield snapshotOf(batch);
        seq = batch.seq;
      }
      for (const event of seq < batch.seq ? await store.events(batch.id, seq, PAGE) : []) {
        if (changes.ended) return;
        yield event;
        seq = event.seq;
      }
      if (seq < batch.seq) changes.add();
      else if (seq === batch.seq && hasEnded(batch)) return;
    }
  } catch (error) {
    // It was there before: it has been removed meanwhile.
    if (error instanceof GatewayError && error.code === 'BATCH_NOT_FOUND') return;
    throw error;
  } finally {
    changes.end();
  }
}

function checkAfter(after: number | null, { seq }: Batch): void {
  if (after === null || (Number.isInteger(after) && after >= 0 && after <= seq)) return;
  throw new GatewayError(
    'BAD_USER_INPUT',
    `after is ${after}; it must be a whole number from 0 to ${seq}, the latest.`,
  );
}

function snapshotOf({ seq, state, total, done, failed }: Batch): BatchEvent {
  return { seq, state, total, done, failed, item: null };
}

/** That something has happened which has not been looked at; at first everything. */
class Changes {
  ended = false;
  #isNew = true;
  #wake = () => {};
  #unlisten = () => {};

  listen(store: BatchStore, batchId: string, signal: AbortSignal): void {
    if (signal.aborted) this.ended = true;
    if (this.ended) return;
    const forget = store.onChange((changed) => {
      if (changed === null || changed === batchId) this.add();
    });
    const onAbort = () => this.end();
    signal.addEventListener('abort', onAbort, { once: true });
    this.#unlisten = () => {
      forget();
      signal.removeEventListener('abort', onAbort);
    };
  }

  add(): void {
    this.#isNew = true;
    this.#wake();
  }

  /** Waits for something new, which is looked at from here on. False at the end. */
  async next(): Promise<boolean> {
    if (!this.#isNew && !this.ended) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#isNew = false;
    return !this.ended;
  }

  end(): void {
    this.ended = true;
    this.#unlisten();
    this.#wake();
  }
}
