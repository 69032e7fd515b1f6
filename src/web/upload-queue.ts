// Lets a few uploads run at a time; the others wait their turn, first come, first served.

export class UploadQueue {
  readonly #limit: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Settles as `upload` does. An upload that is aborted before its turn never starts. */
  async run<T>(upload: () => Promise<T>, signal: AbortSignal): Promise<T> {
    await this.#turn();
    try {
      signal.throwIfAborted();
      return await upload();
    } finally {
      this.#next();
    }
  }

  #turn(): Promise<void> | undefined {
    if (this.#running === this.#limit) return new Promise((start) => this.#waiting.push(start));
    this.#running++;
    return undefined;
  }

  /** Hands the place over without ever counting it as free, so that a newcomer cannot overtake. */
  #next(): void {
    const start = this.#waiting.shift();
    if (start) start();
    else this.#running--;
  }
}
