/** One upload of a batch: its pictures into the spool and its items into the store; all of it, or nothing. */
import { GatewayError } from '../../core/contracts/errors.ts';
import { batchTooLarge, fileTooLarge, tooManyFiles } from '../../core/contracts/limits.ts';
import type { BatchStore } from '../store.ts';
import type { Batch } from '../types.ts';
import type { SpoolWriter } from './writer.ts';

export interface UploadLimits {
  /** Most files of a batch. */
  readonly maxFiles: number;
  /** Most bytes of one file. */
  readonly maxFileBytes: number;
  /** Most bytes of all files of a batch. */
  readonly maxBatchBytes: number;
}

export interface BatchUploadParts {
  readonly batch: Batch;
  readonly store: Pick<BatchStore, 'seal'>;
  readonly writer: SpoolWriter;
  readonly limits: UploadLimits;
  /** Leaves nothing behind of the upload. Called once if it fails, when nothing more of it is being written. */
  readonly discard: () => Promise<void>;
  /** Called once, when it is sealed or discarded. */
  readonly onEnd: () => void;
}

export class BatchUpload {
  readonly batch: Batch;
  readonly #parts: BatchUploadParts;
  #phase: 'open' | 'busy' | 'ended' = 'open';
  #files = 0;
  #bytes = 0;
  #sealing: Promise<Batch> | null = null;
  #aborted: Promise<void> | null = null;

  constructor(parts: BatchUploadParts) {
    this.batch = parts.batch;
    this.#parts = parts;
  }

  /**
   * Takes one file after the other. `bytes` must end or fail by itself. Resolves when the next one may come, which can be
   * before this one is on the disk and in the store: what goes wrong with that is told by the next call. A rejection ends the
   * upload, as `abort` does: with IMAGE_TOO_LARGE, TOO_MANY_FILES, BATCH_TOO_LARGE, SPOOL_FULL, CANCELLED if the batch was
   * cancelled meanwhile, the store's errors, or that of `bytes`.
   */
  add(name: string, bytes: AsyncIterable<Buffer>): Promise<void> {
    return this.#step(async () => {
      const { writer, limits } = this.#parts;
      const { maxFiles, maxFileBytes, maxBatchBytes } = limits;
      if (this.#files === maxFiles) throw tooManyFiles(maxFiles);
      const offset = this.#bytes;
      for await (const chunk of bytes) {
        this.#mustGoOn();
        this.#bytes += chunk.length;
        if (this.#bytes - offset > maxFileBytes) throw fileTooLarge(maxFileBytes, name);
        if (this.#bytes > maxBatchBytes) throw batchTooLarge(maxBatchBytes);
        writer.write(chunk);
        if (writer.isFull) await writer.drained();
      }
      this.#mustGoOn();
      writer.add({ name, extent: { offset, length: this.#bytes - offset } });
      this.#files++;
      if (writer.isFull) await writer.drained();
    });
  }

  /** All of it is on the disk and in the store. A rejection ends the upload, too: with BAD_USER_INPUT if there is no file. */
  complete(): Promise<Batch> {
    return this.#step(async () => {
      const { writer, store, onEnd } = this.#parts;
      if (this.#files === 0) throw new GatewayError('BAD_USER_INPUT', 'The batch has 0 files; it must have 1 or more.');
      await writer.drained();
      await writer.close();
      this.#mustGoOn();
      this.#sealing = store.seal(this.batch.id);
      const sealed = await this.#sealing;
      this.#mustGoOn();
      this.#phase = 'ended';
      onEnd();
      return sealed;
    });
  }

  /** As though the batch had never been; but one that was cancelled stays so. Does nothing after the end. */
  async abort(): Promise<void> {
    if (this.#phase !== 'ended') this.#aborted = this.#abort();
    await this.#aborted;
  }

  async #abort(): Promise<void> {
    const { writer, discard, onEnd } = this.#parts;
    this.#phase = 'ended';
    // The upload has failed already; that its file cannot be closed either is no news.
    await writer.close().catch(() => {});
    // `discard` asks the store whether the batch was sealed, so this must have been decided.
    await this.#sealing?.catch(() => null);
    await discard();
    onEnd();
  }

  async #step<T>(work: () => Promise<T>): Promise<T> {
    if (this.#phase !== 'open') throw new Error(`The upload is ${this.#phase}: nothing can be added to it now.`);
    this.#phase = 'busy';
    try {
      return await work();
    } catch (error) {
      await this.abort();
      throw error;
    } finally {
      if (!this.#hasEnded()) this.#phase = 'open';
    }
  }

  #mustGoOn(): void {
    if (this.#hasEnded()) throw new GatewayError('CANCELLED', 'The upload was aborted.');
  }

  #hasEnded(): boolean {
    return this.#phase === 'ended';
  }
}
