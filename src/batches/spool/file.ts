/** A batch's file while its upload lasts. */
import type { FileHandle } from 'node:fs/promises';
import type { GatewayError } from '../../core/contracts/errors.ts';

export interface Room {
  /** Throws SPOOL_FULL if the quota does not allow so many more bytes. */
  reserve(bytes: number): void;
  full(why: string): GatewayError;
}

export class SpoolFile {
  readonly #handle: FileHandle;
  readonly #room: Room;

  constructor(handle: FileHandle, room: Room) {
    this.#handle = handle;
    this.#room = room;
  }

  /** To be called again only when it has ended. If it rejects with SPOOL_FULL, some of the bytes may be in the file. */
  async append(chunks: readonly Buffer[]): Promise<void> {
    this.#room.reserve(chunks.reduce((sum, { length }) => sum + length, 0));
    try {
      for (let rest = chunks; rest.length > 0; ) {
        const { bytesWritten } = await this.#handle.writev(rest);
        rest = after(bytesWritten, rest);
      }
    } catch (error) {
      throw isDiskFull(error) ? this.#room.full(`the disk is full (${error.code})`) : error;
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** What is left to be written: a disk that is nearly full takes only a part. */
function after(written: number, chunks: readonly Buffer[]): readonly Buffer[] {
  let left = written;
  return chunks.flatMap((chunk) => {
    const rest = chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
    return rest.length > 0 ? [rest] : [];
  });
}

export function isDiskFull(error: unknown): error is NodeJS.ErrnoException {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT';
}
