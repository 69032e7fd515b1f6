/**
 * Memory that uploads are received in: shared with the workers, bounded in all, and used again.
 *
 * Used again, because fresh shared memory is zeroed page by page, and is freed only once the garbage collectors of all
 * threads that have seen it agree: under load that is hundreds of megabytes too late.
 */
import { GatewayError } from '../../core/contracts/errors.ts';

/** Blocks are powers of two from here on, in bytes, or the largest: most photos fit after one growth or none. */
const SMALLEST_BLOCK = 128 * 1024;
/** Most bytes of blocks that are kept for the next uploads, beside those that are lent. */
const MAX_FREE_BYTES = 32 * 2 ** 20;

export class UploadMemory {
  readonly #limit: number;
  readonly #largestBlock: number;
  readonly #free = new Map<number, SharedArrayBuffer[]>();
  #lentBytes = 0;
  #freeBytes = 0;

  /** `limit`: most bytes of all blocks that are lent at the same time. `largestBlock`: more is never asked for in one. */
  constructor(limit: number, largestBlock = Number.POSITIVE_INFINITY) {
    this.#limit = limit;
    this.#largestBlock = largestBlock;
  }

  /** A block of at least that many bytes (without a number: the smallest), with whatever was in it before. Throws OVERLOADED at the limit. */
  lend(bytes = SMALLEST_BLOCK): SharedArrayBuffer {
    const size = Math.min(blockSize(bytes), this.#largestBlock);
    if (this.#lentBytes + size > this.#limit) {
      const message = `Uploads in memory reached the limit of ${this.#limit} bytes.`;
      throw new GatewayError('OVERLOADED', message, 1000);
    }
    this.#lentBytes += size;
    const block = this.#free.get(size)?.pop();
    if (!block) return new SharedArrayBuffer(size);
    this.#freeBytes -= size;
    return block;
  }

  /** Takes a block back that nobody reads any more. */
  giveBack(block: SharedArrayBuffer): void {
    const size = block.byteLength;
    this.#lentBytes -= size;
    if (this.#freeBytes + size > MAX_FREE_BYTES) return;
    this.#freeBytes += size;
    const free = this.#free.get(size);
    if (free) free.push(block);
    else this.#free.set(size, [block]);
  }
}

function blockSize(bytes: number): number {
  return Math.max(SMALLEST_BLOCK, 2 ** Math.ceil(Math.log2(bytes)));
}
