/** How long batches are kept: the oldest and the surplus go in rounds, with whatever the spool still has of them. */
import { GatewayError } from '../core/contracts/errors.ts';
import type { Clock, EventSink } from '../core/contracts/ports.ts';
import type { BatchStore } from './store.ts';

export interface RetentionOptions {
  /** Ended batches are kept for so long, in ms. */
  readonly maxAgeMs: number;
  /** Most ended batches kept. */
  readonly keep: number;
  /** From the end of a round to the next one, in ms. */
  readonly intervalMs: number;
}

export interface RetentionParts extends RetentionOptions {
  readonly store: Pick<BatchStore, 'prune'>;
  /** What else is to be done in each round, after the batches have gone. */
  readonly tidy: () => Promise<void>;
  readonly clock: Clock;
  /** Ms since the epoch. */
  readonly wallClock: () => number;
  readonly events: EventSink;
}

export class Retention {
  readonly #parts: RetentionParts;
  #cancelTimer = () => {};
  #round: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(parts: RetentionParts) {
    this.#parts = parts;
  }

  /** Resolves after the first round. */
  start(): Promise<void> {
    const { clock, intervalMs } = this.#parts;
    this.#round = this.#run().then(() => {
      if (!this.#closed) this.#cancelTimer = clock.at(clock.now() + intervalMs, () => void this.start());
    });
    return this.#round;
  }

  /** Waits for the round that is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelTimer();
    await this.#round;
  }

  async #run(): Promise<void> {
    const { store, tidy, wallClock, maxAgeMs, keep, events } = this.#parts;
    try {
      await store.prune(wallClock() - maxAgeMs, keep);
      await tidy();
    } catch (error) {
      // The store is out of reach, and says so itself: the next round makes up for it.
      if (!(error instanceof GatewayError)) events.emit({ type: 'internalError', error });
    }
  }
}
