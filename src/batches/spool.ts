/**
 * The pictures of batches on disk until their items have ended, at `<folder>/<batch id>/<index>`.
 *
 * A picture is written under its final name, without a rename: its item is added to the store only once it is complete, so
 * what a crash leaves half-written belongs to no item. Nor is it synced to the disk: what is accepted survives the death of
 * the process, whose writes the kernel keeps.
 */
import { type FileHandle, mkdir, open, readdir, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pMap from 'p-map';
import { GatewayError } from '../core/errors.ts';
import { SpoolUsage } from './spool-usage.ts';

/** The store makes ids of these characters, which no path can be made of. */
const BATCH_ID = /^[A-Za-z0-9_-]{16,128}$/;
/** When coming back to a full spool is worth it, in ms: pictures leave it as they are classified. */
const RETRY_AFTER_MS = 10_000;
/** Files looked at or removed at the same time, so that other work on files is not held up. */
const CONCURRENCY = 4;

export interface SpoolOptions {
  readonly folder: string;
  /** Most bytes of all pictures, as far as this process knows. */
  readonly quotaBytes: number;
}

export class Spool {
  readonly #folder: string;
  readonly #quotaBytes: number;
  readonly #usage = new SpoolUsage();

  constructor({ folder, quotaBytes }: SpoolOptions) {
    this.#folder = folder;
    this.#quotaBytes = quotaBytes;
  }

  get usedBytes(): number {
    return this.#usage.total;
  }

  /** Counts what there is. To be called once, before the first write. */
  async open(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    for (const batchId of await this.batches()) {
      const files = await listFolder(this.#batchFolder(batchId));
      await pMap(files, async (name) => this.#count(batchId, name), { concurrency: CONCURRENCY });
    }
  }

  /** Rejects with SPOOL_FULL, or with the error of `bytes`; then no file is left. */
  async write(batchId: string, index: number, bytes: AsyncIterable<Buffer>): Promise<void> {
    const file = this.#file(batchId, index);
    try {
      await mkdir(this.#batchFolder(batchId), { recursive: true });
      await this.#fill(await open(file, 'wx'), file, batchId, bytes);
    } catch (error) {
      throw isDiskFull(error) ? this.#full(`the disk is full (${error.code})`) : error;
    }
  }

  /** In bytes. Rejects with ENOENT if there is no such picture. */
  async size(batchId: string, index: number): Promise<number> {
    return (await stat(this.#file(batchId, index))).size;
  }

  /** Fills `target` from the beginning of the picture. Rejects with ENOENT if there is no such picture. */
  async read(batchId: string, index: number, target: Uint8Array): Promise<void> {
    const handle = await open(this.#file(batchId, index));
    try {
      let length = 0;
      while (length < target.length) {
        const { bytesRead } = await handle.read(target, length, target.length - length, length);
        if (bytesRead === 0)
          throw new Error(`picture ${index} of a batch ends after ${length} of ${target.length} bytes`);
        length += bytesRead;
      }
    } finally {
      await handle.close();
    }
  }

  /** Does nothing if there is no such picture. */
  async remove(batchId: string, index: number): Promise<void> {
    const file = this.#file(batchId, index);
    try {
      const { size } = await stat(file);
      await unlink(file);
      this.#usage.add(batchId, -size);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  /** Does nothing if there is no picture of the batch. */
  async removeBatch(batchId: string): Promise<void> {
    await rm(this.#batchFolder(batchId), { recursive: true, force: true });
    this.#usage.forget(batchId);
  }

  /** Ids of the batches that have pictures, or had some. What other gateways removed is no longer counted from here on. */
  async batches(): Promise<readonly string[]> {
    const counted = this.#usage.batches();
    const present = new Set((await listFolder(this.#folder)).filter((name) => BATCH_ID.test(name)));
    for (const batchId of counted) if (!present.has(batchId)) this.#usage.forget(batchId);
    return [...present];
  }

  async #fill(handle: FileHandle, file: string, batchId: string, bytes: AsyncIterable<Buffer>): Promise<void> {
    const written = { bytes: 0 };
    try {
      try {
        // One chunk after the other: the next one is not asked for before this one is written.
        await writeFile(handle, this.#metered(batchId, bytes, written));
      } finally {
        await handle.close();
      }
    } catch (error) {
      await rm(file, { force: true });
      this.#usage.add(batchId, -written.bytes);
      throw error;
    }
  }

  async *#metered(batchId: string, bytes: AsyncIterable<Buffer>, written: { bytes: number }): AsyncGenerator<Buffer> {
    for await (const chunk of bytes) {
      // Counted before it is written: uploads at the same time do not take the same room.
      if (this.#usage.total + chunk.length > this.#quotaBytes) throw this.#full('its quota is reached');
      this.#usage.add(batchId, chunk.length);
      written.bytes += chunk.length;
      yield chunk;
    }
  }

  async #count(batchId: string, name: string): Promise<void> {
    try {
      this.#usage.add(batchId, (await stat(join(this.#batchFolder(batchId), name))).size);
    } catch (error) {
      // Another gateway that has the same spool removed it just now.
      if (!isMissing(error)) throw error;
    }
  }

  #full(why: string): GatewayError {
    const message = `No room for more pictures: ${why}. The spool holds ${this.usedBytes} of ${this.#quotaBytes} bytes.`;
    return new GatewayError('SPOOL_FULL', message, RETRY_AFTER_MS);
  }

  #file(batchId: string, index: number): string {
    if (!Number.isSafeInteger(index) || index < 0) throw new TypeError(`${index} is no index of a picture`);
    return join(this.#batchFolder(batchId), String(index));
  }

  #batchFolder(batchId: string): string {
    if (!BATCH_ID.test(batchId)) throw new TypeError(`${JSON.stringify(batchId)} is no id of a batch`);
    return join(this.#folder, batchId);
  }
}

/** Names in a folder; none if it is not there. */
async function listFolder(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

function isDiskFull(error: unknown): error is NodeJS.ErrnoException {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT';
}
