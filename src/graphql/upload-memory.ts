/**
 * Memory that uploads are received in: shared with the workers, bounded in all, and used again.
 *
 * Used again, because fresh shared memory is zeroed page by page, and is freed only once the garbage collectors of all
 * threads that have seen it agree: under load that is hundreds of megabytes too late.
 */
import { GatewayError } from '../core/errors.ts';

/** Blocks are powers of two from here on, in bytes. */
const SMALLEST_BLOCK = 64 * 1024;

export class UploadMemory {
  readonly #limit: number;
  readonly #free = new Map<number, SharedArrayBuffer[]>();
  #lentBytes = 0;
  #freeBytes = 0;

  /** `limit`: most bytes of all blocks together, lent and free. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** A block of at least that many bytes, with whatever was in it before. Throws OVERLOADED at the limit. */
  lend(bytes: number): SharedArrayBuffer {
    const size = blockSize(bytes);
    if (this.#lentBytes + size > this.#limit) {
      const message = `Uploads in memory reached the limit of ${this.#limit} bytes.`;
      throw new GatewayError('OVERLOADED', message, 1000);
    }
    this.#lentBytes += size;
    const block = this.#free.get(size)?.pop();
    if (block) {
      this.#freeBytes -= size;
      return block;
    }
    if (this.#lentBytes + this.#freeBytes > this.#limit) this.#forgetFree();
    return new SharedArrayBuffer(size);
  }

  /** Takes a block back that nobody reads any more. */
  giveBack(block: SharedArrayBuffer): void {
    this.#lentBytes -= block.byteLength;
    this.#freeBytes += block.byteLength;
    const free = this.#free.get(block.byteLength);
    if (free) free.push(block);
    else this.#free.set(block.byteLength, [block]);
  }

  #forgetFree(): void {
    this.#free.clear();
    this.#freeBytes = 0;
  }
}

function blockSize(bytes: number): number {
  return Math.max(SMALLEST_BLOCK, 2 ** Math.ceil(Math.log2(bytes)));
}
