/** Uploaded files into memory that workers can read where it is; never onto disk. */
import { fileTooLarge } from '../../core/contracts/limits.ts';
import type { ArrivingFile } from './upload.ts';
import { UploadMemory } from './upload-memory.ts';

export interface ReaderLimits {
  /** Of one file, in bytes. */
  readonly maxBytes: number;
  /** Of all files held at once, in bytes. */
  readonly memoryBytes: number;
}

/** A file in memory. */
export interface ReceivedUpload {
  readonly bytes: Uint8Array;
  /** To be called once nobody reads the bytes any more: the next upload overwrites them. */
  release(): void;
}

/** Most that a block holds, as a multiple of what has come when it is lent. */
const GROWTH = 8;

export class UploadReader {
  readonly #maxBytes: number;
  readonly #memory: UploadMemory;

  constructor({ maxBytes, memoryBytes }: ReaderLimits) {
    this.#maxBytes = maxBytes;
    // While a file moves to a larger block it has both: together no more than twice the largest file.
    this.#memory = new UploadMemory(memoryBytes, maxBytes);
  }

  /** Rejects with IMAGE_TOO_LARGE, OVERLOADED, DEADLINE_EXCEEDED, CANCELLED or BAD_USER_INPUT. */
  async read(upload: Promise<ArrivingFile>): Promise<ReceivedUpload> {
    const file = await upload;
    let bytes = new Uint8Array(this.#memory.lend());
    let size = 0;
    try {
      for await (const chunk of file.read()) {
        const needed = size + chunk.length;
        if (needed > this.#maxBytes) throw fileTooLarge(this.#maxBytes);
        // To the announced size, so that most photos move once; but who only announces holds no more than a few times what came.
        if (needed > bytes.length)
          bytes = this.#grow(bytes, Math.max(needed, Math.min(file.announcedBytes, GROWTH * needed)));
        bytes.set(chunk, size);
        size = needed;
      }
    } catch (error) {
      this.#memory.giveBack(bytes.buffer);
      throw error;
    }
    const { buffer } = bytes;
    return { bytes: bytes.subarray(0, size), release: () => this.#memory.giveBack(buffer) };
  }

  #grow(bytes: Uint8Array<SharedArrayBuffer>, needed: number): Uint8Array<SharedArrayBuffer> {
    const larger = new Uint8Array(this.#memory.lend(needed));
    larger.set(bytes);
    this.#memory.giveBack(bytes.buffer);
    return larger;
  }
}
