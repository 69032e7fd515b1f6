/**
 * The pictures of batches on disk until their batch has ended: one file for each batch, `<folder>/<batch id>`, in which one
 * picture follows the other. (A file for each picture costs 20 times the CPU: whatever is done with a file takes a trip through
 * the thread pool, which is more work than its bytes.)
 *
 * An item is added to the store only once its picture is complete, so what a crash leaves half-written belongs to no item.
 * Nothing is synced to the disk: what is accepted survives the death of the process, whose writes the kernel keeps.
 */
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { GatewayError } from '../../core/contracts/errors.ts';
import { isDiskFull, SpoolFile } from './file.ts';

/** The store makes ids of these characters, which no path can be made of. */
const BATCH_ID = /^[A-Za-z0-9_-]{16,128}$/;
/** When coming back to a full spool is worth it, in ms: pictures leave it as batches end. */
const RETRY_AFTER_MS = 10_000;

export interface SpoolOptions {
  readonly folder: string;
  /** Most bytes of all pictures, as far as this process knows. */
  readonly quotaBytes: number;
}

export class Spool {
  readonly #options: SpoolOptions;
  /** Bytes of each batch that has a file. */
  readonly #bytes = new Map<string, number>();
  #total = 0;

  constructor(options: SpoolOptions) {
    this.#options = options;
  }

  get usedBytes(): number {
    return this.#total;
  }

  /** Counts the files that are there. To be called once, before the first file is created. */
  async open(): Promise<void> {
    await mkdir(this.#options.folder, { recursive: true });
    for (const batchId of await this.batches()) {
      const file = await stat(this.path(batchId)).catch(unlessMissing);
      if (file) this.#count(batchId, file.size);
    }
  }

  /** For a batch that has none yet. Rejects with SPOOL_FULL if not even an empty file has room. */
  async create(batchId: string): Promise<SpoolFile> {
    try {
      const handle = await open(this.path(batchId), 'wx');
      const reserve = (bytes: number) => this.#reserve(batchId, bytes);
      return new SpoolFile(handle, { reserve, full: (why) => this.#full(why) });
    } catch (error) {
      throw isDiskFull(error) ? this.#full(`the disk is full (${error.code})`) : error;
    }
  }

  path(batchId: string): string {
    if (!BATCH_ID.test(batchId)) throw new TypeError(`${JSON.stringify(batchId)} is no id of a batch`);
    return join(this.#options.folder, batchId);
  }

  /** Does nothing if there is no file of the batch. */
  async remove(batchId: string): Promise<void> {
    await rm(this.path(batchId), { force: true });
    this.#forget(batchId);
  }

  /** Ids of the batches that have a file. What other gateways removed is no longer counted from here on. */
  async batches(): Promise<readonly string[]> {
    const counted = [...this.#bytes.keys()];
    const present = new Set((await readdir(this.#options.folder)).filter((name) => BATCH_ID.test(name)));
    for (const batchId of counted) if (!present.has(batchId)) this.#forget(batchId);
    return [...present];
  }

  /** Bytes are counted before they are written, so that two uploads at the same time do not take the same room. */
  #reserve(batchId: string, bytes: number): void {
    if (this.#total + bytes > this.#options.quotaBytes) throw this.#full('its quota is reached');
    this.#count(batchId, bytes);
  }

  #count(batchId: string, bytes: number): void {
    this.#bytes.set(batchId, (this.#bytes.get(batchId) ?? 0) + bytes);
    this.#total += bytes;
  }

  #forget(batchId: string): void {
    this.#total -= this.#bytes.get(batchId) ?? 0;
    this.#bytes.delete(batchId);
  }

  #full(why: string): GatewayError {
    const message = `No room for more pictures: ${why}. The spool holds ${this.#total} of ${this.#options.quotaBytes} bytes.`;
    return new GatewayError('SPOOL_FULL', message, RETRY_AFTER_MS);
  }
}

/** Another gateway that has the same spool may have removed it just now. */
function unlessMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
