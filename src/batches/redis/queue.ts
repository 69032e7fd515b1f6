/** The queue of items that wait to be run, of all batches: one BullMQ job for each, named after its batch and index. */
import { type JobsOptions, Queue } from 'bullmq';
import type { RedisConnection } from './connection.ts';
import type { RedisKeys } from './keys.ts';

export const ITEM_QUEUE = 'items';

export interface ItemJob {
  readonly batchId: string;
  readonly index: number;
}

/** An item ends by its outcome and by nothing else, so its job is tried until then; what is left of it after that is nothing. */
const JOB: JobsOptions = {
  attempts: Number.MAX_SAFE_INTEGER,
  backoff: { type: 'custom' },
  removeOnComplete: true,
  removeOnFail: true,
  stackTraceLimit: 0,
};
/** Jobs that are sent to Redis at once: other gateways' steps come in between. */
const CHUNK = 500;

export class RedisQueue {
  readonly #connection: RedisConnection;
  readonly #queue: Queue<ItemJob>;

  constructor(connection: RedisConnection, keys: RedisKeys, onError: (error: Error) => void) {
    this.#connection = connection;
    // It must not wait for a Redis that is away, nor ask for its version: an answer lost then would break it for good.
    const failFast = { skipWaitingForReady: true, skipVersionCheck: true };
    this.#queue = new Queue(ITEM_QUEUE, { connection: connection.quick, prefix: keys.prefix, ...failFast });
    this.#queue.on('error', onError);
  }

  /** Adds those that are not there yet. */
  async add(batchId: string, indexes: readonly number[]): Promise<void> {
    for (const some of chunks(indexes)) {
      const jobs = some.map((index) => ({
        name: 'item',
        data: { batchId, index },
        opts: { ...JOB, jobId: jobId(batchId, index) },
      }));
      await this.#connection.call(() => this.#queue.addBulk(jobs));
    }
  }

  /** Removes those that wait. The latest go first: Redis looks for a job from that end. */
  async remove(batchId: string, indexes: readonly number[]): Promise<void> {
    for (const some of chunks(indexes.toReversed())) {
      await this.#connection.call(() => Promise.all(some.map((index) => this.#queue.remove(jobId(batchId, index)))));
    }
  }

  /** What the keys of a batch's jobs begin with; the index follows. */
  jobKeys(batchId: string): string {
    return this.#queue.toKey(`${batchId}-`);
  }

  async close(): Promise<void> {
    await this.#queue.close();
  }
}

function jobId(batchId: string, index: number): string {
  return `${batchId}-${index}`;
}

function* chunks<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < all.length; start += CHUNK) yield all.slice(start, start + CHUNK);
}
