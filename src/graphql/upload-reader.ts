/** Uploaded files into memory that workers can read where it is; never onto disk. */
import { addAbortSignal, type Readable } from 'node:stream';
import type { FileUpload } from 'graphql-upload-minimal';
import { type ErrorCode, GatewayError } from '../core/errors.ts';
import { unlessAborted } from './abort.ts';
import { fileTooLarge, fromMultipartError } from './errors.ts';
import { UploadMemory } from './upload-memory.ts';

export interface UploadLimits {
  /** Of one file, in bytes. */
  readonly maxBytes: number;
  /** Of all files held at once, in bytes. */
  readonly memoryBytes: number;
}

/** Where most photos end after one growth or none, in bytes. */
const FIRST_BLOCK = 128 * 1024;

const UNFINISHED: ReadonlySet<ErrorCode> = new Set(['CANCELLED', 'DEADLINE_EXCEEDED', 'WORKER_FAILED']);

export class UploadReader {
  readonly #maxBytes: number;
  readonly #memory: UploadMemory;

  constructor({ maxBytes, memoryBytes }: UploadLimits) {
    this.#maxBytes = maxBytes;
    this.#memory = new UploadMemory(memoryBytes);
  }

  /**
   * Reads the file and hands its bytes to `use`; they are valid until `use` is done. `arrival` is aborted, with the error
   * to report, if the file takes too long.
   *
   * Rejects with IMAGE_TOO_LARGE, OVERLOADED, DEADLINE_EXCEEDED, CANCELLED or BAD_USER_INPUT; the stream is consumed or
   * destroyed in any case.
   */
  async read<T>(upload: Promise<FileUpload>, arrival: AbortSignal, use: (bytes: Uint8Array) => Promise<T>): Promise<T> {
    const bytes = await this.#receive(upload, arrival);
    try {
      const result = await use(bytes);
      this.#memory.giveBack(bytes.buffer);
      return result;
    } catch (error) {
      if (mayStillRun(error)) this.#memory.abandon(bytes.buffer);
      else this.#memory.giveBack(bytes.buffer);
      throw error;
    }
  }

  async #receive(upload: Promise<FileUpload>, arrival: AbortSignal): Promise<Uint8Array<SharedArrayBuffer>> {
    let bytes: Uint8Array<SharedArrayBuffer> | null = null;
    let size = 0;
    try {
      const stream: Readable = (await unlessAborted(upload, arrival)).createReadStream();
      bytes = new Uint8Array(this.#memory.lend(FIRST_BLOCK));
      for await (const chunk of addAbortSignal(arrival, stream) as AsyncIterable<Buffer>) {
        if (size + chunk.length > this.#maxBytes) throw fileTooLarge(this.#maxBytes);
        if (size + chunk.length > bytes.length) bytes = this.#grow(bytes, size + chunk.length);
        bytes.set(chunk, size);
        size += chunk.length;
      }
      return bytes.subarray(0, size);
    } catch (error) {
      if (bytes) this.#memory.giveBack(bytes.buffer);
      throw fromMultipartError(arrival.aborted ? arrival.reason : error, this.#maxBytes);
    }
  }

  #grow(bytes: Uint8Array<SharedArrayBuffer>, needed: number): Uint8Array<SharedArrayBuffer> {
    const larger = new Uint8Array(this.#memory.lend(needed));
    larger.set(bytes);
    this.#memory.giveBack(bytes.buffer);
    return larger;
  }
}

/**
 * A request that was cancelled or expired is answered, and may be running in a worker all the same. Not so if it was told
 * when to come back: then it was refused before it ran.
 */
function mayStillRun(error: unknown): boolean {
  if (!(error instanceof GatewayError)) return true;
  return UNFINISHED.has(error.code) && error.retryAfterMs === undefined;
}
