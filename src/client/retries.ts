/** How often one thing is tried again: after what may pass, with growing pauses, as long as they do not add up to too much. */
import { setTimeout as pause } from 'node:timers/promises';
import { RequestFailure } from './answer.ts';

export interface RetryOptions {
  /** Most that the pauses may add up to, in ms. */
  readonly patienceMs: number;
  /** Ends a pause. */
  readonly signal: AbortSignal;
  /** Told once why something is tried again and again. */
  readonly onRetry: (failure: RequestFailure) => void;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5000;

export class Retries {
  readonly #options: RetryOptions;
  #next = FIRST_PAUSE_MS;
  #paused = 0;

  constructor(options: RetryOptions) {
    this.#options = options;
  }

  /** Resolves when it is time to try again. Throws the error if that is in vain, or has been for long enough. */
  async after(error: unknown): Promise<void> {
    const { signal } = this.#options;
    if (signal.aborted) throw error;
    await pause(this.pauseAfter(error), undefined, { signal });
  }

  /** In ms; throws as `after` does. */
  pauseAfter(error: unknown): number {
    const { patienceMs, onRetry } = this.#options;
    if (!(error instanceof RequestFailure && error.mayPass)) throw error;
    const ms = Math.max(this.#next, error.retryAfterMs ?? 0);
    if (this.#paused + ms > patienceMs) throw error;
    if (this.#paused === 0) onRetry(error);
    this.#next = Math.min(2 * this.#next, LONGEST_PAUSE_MS);
    this.#paused += ms;
    return ms;
  }
}
