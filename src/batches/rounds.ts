/** Work that is done at once and then again and again, one round after the other, until it is closed. */
import type { Clock } from '../core/contracts/ports.ts';

export class Rounds {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #work: () => Promise<void>;
  /** The round that was asked for and has not begun. */
  #next: Promise<void> | null = null;
  #latest: Promise<void> = Promise.resolve();
  #cancelTimer = () => {};
  #closed = false;

  /** `intervalMs`: from the end of a round to the next one. `work` must not reject. */
  constructor(clock: Clock, intervalMs: number, work: () => Promise<void>) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#work = work;
  }

  /** The next round is due, as soon as the one that is under way has ended. Resolves when it has ended itself. */
  start(): Promise<void> {
    this.#next ??= this.#latest.then(() => this.#round());
    this.#latest = this.#next;
    return this.#next;
  }

  /** Waits for the round that is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelTimer();
    await this.#latest;
  }

  async #round(): Promise<void> {
    this.#next = null;
    this.#cancelTimer();
    if (this.#closed) return;
    await this.#work();
    if (this.#closed) return;
    this.#cancelTimer = this.#clock.at(this.#clock.now() + this.#intervalMs, () => void this.start());
  }
}
