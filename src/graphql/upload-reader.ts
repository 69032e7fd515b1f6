/**
 * Uploaded files into memory, never onto disk: each up to a limit, all together up to a budget. The bytes go to shared
 * memory, in the one copy that they ever see, so that workers read them where they are.
 */
import { addAbortSignal, type Readable } from 'node:stream';
import type { FileUpload } from 'graphql-upload-minimal';
import { GatewayError } from '../core/errors.ts';
import { unlessAborted } from './abort.ts';
import { fileTooLarge, fromMultipartError } from './errors.ts';

export interface UploadLimits {
  /** Of one file, in bytes. */
  readonly maxBytes: number;
  /** Of all files held at once, in bytes. */
  readonly memoryBytes: number;
}

export class UploadReader {
  readonly #limits: UploadLimits;
  #heldBytes = 0;

  constructor(limits: UploadLimits) {
    this.#limits = limits;
  }

  /**
   * Reads the file and hands its bytes to `use`; they count against the budget until `use` is done. `arrival` is aborted,
   * with the error to report, if the file takes too long.
   *
   * Rejects with IMAGE_TOO_LARGE, OVERLOADED, DEADLINE_EXCEEDED, CANCELLED or BAD_USER_INPUT; the stream is consumed or
   * destroyed in any case.
   */
  async read<T>(upload: Promise<FileUpload>, arrival: AbortSignal, use: (bytes: Uint8Array) => Promise<T>): Promise<T> {
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      try {
        const stream: Readable = (await unlessAborted(upload, arrival)).createReadStream();
        for await (const chunk of addAbortSignal(arrival, stream) as AsyncIterable<Buffer>) {
          this.#take(chunk.length);
          size += chunk.length;
          if (size > this.#limits.maxBytes) throw fileTooLarge(this.#limits.maxBytes);
          chunks.push(chunk);
        }
      } catch (error) {
        throw fromMultipartError(arrival.aborted ? arrival.reason : error, this.#limits.maxBytes);
      }
      return await use(join(chunks, size));
    } finally {
      this.#heldBytes -= size;
    }
  }

  #take(bytes: number): void {
    const { memoryBytes } = this.#limits;
    if (this.#heldBytes + bytes > memoryBytes) {
      const message = `Uploads in memory reached the limit of ${memoryBytes} bytes.`;
      throw new GatewayError('OVERLOADED', message, 1000);
    }
    this.#heldBytes += bytes;
  }
}

function join(chunks: readonly Buffer[], size: number): Uint8Array {
  const bytes = new Uint8Array(new SharedArrayBuffer(size));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
