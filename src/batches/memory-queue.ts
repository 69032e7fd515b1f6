/**
 * Memory for pictures on their way from the spool to the workers. It is bounded; who finds none waits for its turn, so that
 * a few large pictures do not make many small ones fail.
 */
import { EventEmitter, once } from 'node:events';
import { GatewayError } from '../core/errors.ts';

/** Shared memory in blocks. */
export interface BlockMemory {
  /** A block of at least that many bytes. Throws OVERLOADED at its limit. */
  lend(bytes: number): SharedArrayBuffer;
  giveBack(block: SharedArrayBuffer): void;
}

export class MemoryQueue {
  readonly #memory: BlockMemory;
  readonly #events = new EventEmitter<{ returned: [] }>();
  #lent = 0;
  /** Settled once the last one in line has its block. */
  #tail: Promise<unknown> = Promise.resolve();

  /** `memory` is for this queue alone: what is not lent here is free. */
  constructor(memory: BlockMemory) {
    this.#memory = memory;
  }

  /** Rejects when the signal is aborted, or with IMAGE_TOO_LARGE if not even all of the memory would do. */
  lend(bytes: number, signal: AbortSignal): Promise<SharedArrayBuffer> {
    const block = this.#tail.then(() => this.#take(bytes, signal));
    this.#tail = block.catch(() => {});
    return block;
  }

  /** Takes a block back that nobody reads any more. */
  giveBack(block: SharedArrayBuffer): void {
    this.#lent--;
    this.#memory.giveBack(block);
    this.#events.emit('returned');
  }

  async #take(bytes: number, signal: AbortSignal): Promise<SharedArrayBuffer> {
    for (;;) {
      signal.throwIfAborted();
      try {
        const block = this.#memory.lend(bytes);
        this.#lent++;
        return block;
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
        if (this.#lent === 0)
          throw new GatewayError('IMAGE_TOO_LARGE', `${error.message} The file has ${bytes} bytes.`);
      }
      await once(this.#events, 'returned', { signal });
    }
  }
}
