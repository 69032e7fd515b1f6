// Follows a batch to its end, whatever happens to the connection: reads the items that it does not have yet page by page,
// then takes the events that come after them, and comes back with the number of the last one.
import type { BatchItem, BatchListener, ItemPage } from '../../client/gateway-client.ts';
import type { BatchState } from '../../client/schema.generated.ts';
import { asFailure } from '../gateway.ts';
import { pause } from './pause.ts';

export interface FollowPorts {
  fetchItems(id: string, after: string | null): Promise<ItemPage>;
  listen(id: string, after: number, listener: BatchListener, signal: AbortSignal): Promise<void>;
}

export interface FollowOptions extends FollowPorts {
  readonly id: string;
  /** False if nothing is known of the batch; true if it is yet to be made, so that its events tell everything. */
  readonly isNew: boolean;
  readonly signal: AbortSignal;
  /** True as long as it is no wonder that there is no such batch. */
  mayBeMissing(): boolean;
  takeItem(item: BatchItem): void;
  takeState(state: BatchState): void;
  /** False from a failure on until the gateway is there again. */
  connected(isConnected: boolean): void;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5000;

export class Follower {
  readonly #options: FollowOptions;
  /** Number of the last event that is known; null if items must be read first. */
  #seq: number | null;
  #state: BatchState = 'ACCEPTING';
  /** Ends what is being listened to. */
  #enough = new AbortController();
  /** In a row. */
  #failures = 0;

  constructor(options: FollowOptions) {
    this.#options = options;
    this.#seq = options.isNew ? 0 : null;
  }

  /** Resolves when the batch has ended or the signal is aborted. Rejects if there is no such batch (any more). */
  async follow(): Promise<void> {
    const { signal } = this.#options;
    while (!signal.aborted) {
      // As of now: it may well be there by the time of the answer that it is not.
      const mayBeMissing = this.#options.mayBeMissing();
      try {
        const seq = this.#seq ?? (await this.#readItems());
        if (this.#state === 'COMPLETED') return;
        await this.#listen(seq);
        // Some events were left out.
        if (this.#seq === null) continue;
        if (this.#hasEnded()) return;
      } catch (error) {
        this.#failed(error, mayBeMissing);
      }
      await pause(Math.min(FIRST_PAUSE_MS * 2 ** this.#failures++, LONGEST_PAUSE_MS), signal);
    }
  }

  /** The batch is being made anew, under the same id: the events known so far are of one that is no more. */
  startOver(): void {
    this.#seq = this.#options.isNew ? 0 : null;
    this.#enough.abort();
  }

  /** What the first page says of the batch is true of the others at least. */
  async #readItems(): Promise<number> {
    const { id, fetchItems, takeItem, signal } = this.#options;
    const first = await fetchItems(id, null);
    for (let page = first; ; page = await fetchItems(id, page.items.next)) {
      for (const item of page.items.nodes) takeItem(item);
      if (page.items.next === null || signal.aborted) break;
    }
    this.#seq = first.seq;
    this.#heard(first.state);
    return first.seq;
  }

  async #listen(after: number): Promise<void> {
    const { id, isNew, listen, takeItem, connected, signal } = this.#options;
    const enough = new AbortController();
    this.#enough = enough;
    const stop = () => enough.abort();
    signal.addEventListener('abort', stop);
    let seq = after;
    const take: BatchListener['take'] = (event) => {
      if (event.seq <= seq) return;
      // Of photos that another page still sends, only those are known by name that were there on arrival.
      const isNowComplete = this.#state === 'ACCEPTING' && event.state !== 'ACCEPTING';
      const isIncomplete = event.seq > seq + 1 || (isNowComplete && !isNew);
      seq = event.seq;
      this.#seq = isIncomplete ? null : seq;
      if (event.item) takeItem(event.item);
      this.#heard(event.state);
      if (isIncomplete) stop();
    };
    try {
      await listen(id, after, { take, isThere: () => connected(true) }, enough.signal);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  #heard(state: BatchState): void {
    this.#failures = 0;
    this.#state = state;
    this.#options.connected(true);
    this.#options.takeState(state);
  }

  #failed(error: unknown, mayBeMissing: boolean): void {
    const { connected } = this.#options;
    const { code } = asFailure(error);
    const isMissing = code === 'BATCH_NOT_FOUND';
    if (isMissing && !mayBeMissing) throw error;
    // `after` is beyond what the gateway knows: it is another batch by now.
    if (code === 'BAD_USER_INPUT') this.#seq = null;
    if (!isMissing) connected(false);
  }

  #hasEnded(): boolean {
    return this.#state === 'COMPLETED' || this.#state === 'CANCELLED';
  }
}
