/** The queue of items that wait to be run, of all batches: one BullMQ job for each, named after its batch and index. */
import { type JobsOptions, Queue } from 'bullmq';
import type { RedisConnection } from './connection.ts';

export const ITEM_QUEUE = 'items';

export interface ItemJob {
  readonly batchId: string;
  readonly index: number;
}

/** Only an outcome ends an item, so its job is tried again until there is one; then nothing of the job stays in Redis. */
const JOB: JobsOptions = {
  attempts: Number.MAX_SAFE_INTEGER,
  backoff: { type: 'custom' },
  removeOnComplete: true,
  removeOnFail: true,
  stackTraceLimit: 0,
};
/** Jobs that are sent to Redis at once; between two such portions it serves other gateways. */
const CHUNK = 500;

export class RedisQueue {
  readonly #connection: RedisConnection;
  readonly #queue: Queue<ItemJob>;

  constructor(connection: RedisConnection, onError: (error: Error) => void) {
    this.#connection = connection;
    // The queue must not wait for a Redis that is away. It must not ask for its version either: if that answer is lost, the
    // queue never works again.
    const failFast = { skipWaitingForReady: true, skipVersionCheck: true };
    this.#queue = new Queue(ITEM_QUEUE, { connection: connection.quick, prefix: connection.keys.prefix, ...failFast });
    this.#queue.on('error', onError);
  }

  /** Adds jobs for those items that have none yet. */
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

  /** Removes the jobs that still wait. The latest go first, since Redis searches its list from that end. */
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
