/** A response that is a stream of Server-Sent Events. */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** How long the system may hold what a client does not read. */
const STALL_TIMEOUT_MS = 30_000;
const RESULT = 'event: next';

export class EventStream {
  readonly #response: ServerResponse;
  #isTaken: Promise<void> = Promise.resolve();
  #take = () => {};
  #isEnded = false;
  /** Without the message that it is complete: the client comes back for the rest. */
  end = () => {};

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  /** Before a result is handed over: resolves once the system has taken the one before. */
  async turn(): Promise<void> {
    await this.#isTaken;
    this.#isTaken = new Promise((resolve) => {
      this.#take = resolve;
    });
  }

  /** Resolves when the stream has ended, by itself, by `end`, or because the client went away. */
  async send(headers: OutgoingHttpHeaders, messages: AsyncGenerator<string>): Promise<void> {
    this.end = () => {
      this.#isEnded = true;
      void messages.return(undefined);
    };
    this.#response.once('close', this.end);
    if (this.#response.closed) this.end();
    this.#response.writeHead(200, headers);
    try {
      for await (const message of messages) {
        if (this.#isEnded) break;
        await this.#write(message);
        if (message.startsWith(RESULT)) this.#take();
      }
    } finally {
      this.#response.off('close', this.end);
      this.#take();
      this.#response.end();
    }
  }

  #write(message: string): Promise<void> {
    return new Promise((resolve) => {
      const stalled = setTimeout(() => this.#response.destroy(), STALL_TIMEOUT_MS).unref();
      this.#response.write(message, () => {
        clearTimeout(stalled);
        resolve();
      });
    });
  }
}
