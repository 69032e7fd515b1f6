/** One upload of a batch: each picture into the spool, then its item into the store; all of it, or nothing. */
import { GatewayError } from '../core/errors.ts';
import type { Spool } from './spool.ts';
import type { BatchStore } from './store.ts';
import type { Batch } from './types.ts';

export interface BatchUpload {
  readonly batch: Batch;
  /**
   * Takes one file after the other. `bytes` must end or fail by itself. A rejection ends the upload, as `abort` does: with
   * IMAGE_TOO_LARGE, TOO_MANY_FILES (also if they are too large together), SPOOL_FULL, CANCELLED if the batch was cancelled
   * meanwhile, the store's errors, or that of `bytes`.
   */
  add(name: string, bytes: AsyncIterable<Buffer>): Promise<void>;
  /** A rejection ends the upload, as `abort` does: with BAD_USER_INPUT if there is no file. */
  complete(): Promise<Batch>;
  /** As though the batch had never been; but one that was cancelled stays so. Does nothing after the end. */
  abort(): Promise<void>;
}

export interface UploadLimits {
  /** Most files of a batch. */
  readonly maxFiles: number;
  /** Of one file, in bytes. */
  readonly maxFileBytes: number;
  /** Of all files of a batch, in bytes. */
  readonly maxBatchBytes: number;
}

export interface SpoolUploadParts {
  readonly batch: Batch;
  readonly store: Pick<BatchStore, 'add' | 'seal'>;
  readonly spool: Pick<Spool, 'write'>;
  readonly limits: UploadLimits;
  /** Leaves nothing behind of the upload. Called whenever something of it may be there though it has failed. */
  readonly discard: () => Promise<void>;
  /** Called once, when it is sealed or discarded. */
  readonly onEnd: () => void;
}

export class SpoolUpload implements BatchUpload {
  readonly batch: Batch;
  readonly #parts: SpoolUploadParts;
  #phase: 'open' | 'busy' | 'ended' = 'open';
  #files = 0;
  #bytes = 0;

  constructor(parts: SpoolUploadParts) {
    this.batch = parts.batch;
    this.#parts = parts;
  }

  add(name: string, bytes: AsyncIterable<Buffer>): Promise<void> {
    return this.#step(async () => {
      const { store, spool, limits } = this.#parts;
      const { maxFiles } = limits;
      if (this.#files === maxFiles) throw tooMany(`The batch has more than ${maxFiles} files`);
      await spool.write(this.batch.id, this.#files, this.#limited(name, bytes));
      this.#mustGoOn();
      const index = await store.add(this.batch.id, name);
      if (index !== this.#files) throw new Error(`picture ${this.#files} of a batch became its item ${index}`);
      this.#files++;
    });
  }

  complete(): Promise<Batch> {
    return this.#step(async () => {
      if (this.#files === 0) throw new GatewayError('BAD_USER_INPUT', 'The batch has 0 files; it must have 1 or more.');
      const sealed = await this.#parts.store.seal(this.batch.id);
      this.#mustGoOn();
      this.#phase = 'ended';
      this.#parts.onEnd();
      return sealed;
    });
  }

  async abort(): Promise<void> {
    if (this.#phase === 'ended') return;
    this.#phase = 'ended';
    await this.#parts.discard();
    this.#parts.onEnd();
  }

  async #step<T>(work: () => Promise<T>): Promise<T> {
    if (this.#phase !== 'open') throw new Error(`The upload is ${this.#phase}: nothing can be added to it now.`);
    this.#phase = 'busy';
    try {
      return await work();
    } catch (error) {
      // Aborted while it was busy: what it did since then must go, too.
      if (this.#hasEnded()) await this.#parts.discard();
      else await this.abort();
      throw error;
    } finally {
      if (!this.#hasEnded()) this.#phase = 'open';
    }
  }

  async *#limited(name: string, bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const { maxFileBytes, maxBatchBytes } = this.#parts.limits;
    let size = 0;
    for await (const chunk of bytes) {
      size += chunk.length;
      this.#bytes += chunk.length;
      if (size > maxFileBytes) {
        const message = `The file ${JSON.stringify(name)} is larger than ${maxFileBytes} bytes, the most that is accepted.`;
        throw new GatewayError('IMAGE_TOO_LARGE', message);
      }
      if (this.#bytes > maxBatchBytes) throw tooMany(`The files are larger than ${maxBatchBytes} bytes together`);
      yield chunk;
    }
  }

  #mustGoOn(): void {
    if (this.#hasEnded()) throw new GatewayError('CANCELLED', 'The upload was aborted.');
  }

  #hasEnded(): boolean {
    return this.#phase === 'ended';
  }
}

function tooMany(what: string): GatewayError {
  return new GatewayError('TOO_MANY_FILES', `${what}, the most that is accepted in one batch.`);
}
