/** What the store does unasked: something each time Redis is there (again), and something in regular rounds. One at a time. */
import { setTimeout } from 'node:timers/promises';
import type { RedisConnection } from './connection.ts';

export interface UpkeepOptions {
  readonly connection: RedisConnection;
  /** From the end of a round to the next one, in ms. */
  readonly everyMs: number;
  /** Repeated until it succeeds. */
  readonly onConnect: () => Promise<void>;
  readonly onRound: () => Promise<void>;
  readonly onError: (error: Error) => void;
}

export class Upkeep {
  readonly #options: UpkeepOptions;
  /** Redis has come, and that has not been dealt with. */
  #hasCome = false;
  #failure: string | null = null;
  #closed = false;
  #pause = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(options: UpkeepOptions) {
    this.#options = options;
    options.connection.quick.on('ready', () => {
      this.#hasCome = true;
      this.#pause.abort();
    });
  }

  /** Resolves after the first round. */
  async start(): Promise<void> {
    await this.#round();
    this.#loop = this.#run();
  }

  /** Null, or why the last round failed. */
  trouble(): string | null {
    return this.#failure;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#pause.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      await this.#sleep();
      await this.#round();
    }
  }

  async #sleep(): Promise<void> {
    await setTimeout(this.#options.everyMs, undefined, { signal: this.#pause.signal }).catch(() => {});
    this.#pause = new AbortController();
  }

  async #round(): Promise<void> {
    if (this.#closed || !this.#options.connection.connected) return;
    try {
      await this.#options.onRound();
      if (this.#hasCome) await this.#catchUp();
      this.#failure = null;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (error.message !== this.#failure) this.#options.onError(error);
      this.#failure = error.message;
    }
  }

  async #catchUp(): Promise<void> {
    // It may come once more meanwhile.
    this.#hasCome = false;
    await this.#options.onConnect().catch((error) => {
      this.#hasCome = true;
      throw error;
    });
  }
}
