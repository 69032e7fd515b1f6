/** The batches' records in Redis: opening, filling, ending and removing them. */
import { GatewayError } from '../../core/contracts/errors.ts';
import { batchNotFound, takesNoMore } from '../refusals.ts';
import type { NewBatch } from '../store.ts';
import type { Batch, NewItem } from '../types.ts';
import { RETRY_AFTER_MS, type RedisConnection } from './connection.ts';
import { entryOf, type RedisKeys } from './keys.ts';
import { fromNewItem, indexesOf, toBatch } from './rows.ts';
import { type Step, type StepArgument, step } from './steps.ts';

const COUNTERS = { sealed: 0, stopped: 0, total: 0, done: 0, failed: 0, cancelled: 0, seq: 0 };

export class BatchRecords {
  readonly #connection: RedisConnection;
  readonly #keys: RedisKeys;

  constructor(connection: RedisConnection, keys: RedisKeys) {
    this.#connection = connection;
    this.#keys = keys;
  }

  /** `gateway` is the one that takes the upload. */
  async create(batch: NewBatch, gateway: string): Promise<{ readonly batch: Batch; readonly created: boolean }> {
    const { id, createdAt } = batch;
    const row = { ...batch, clientBatchId: batch.clientBatchId ?? '', topK: batch.topK ?? '', ...COUNTERS };
    const args = [row.clientBatchId, entryOf(createdAt, id), gateway, ...Object.entries(row).flat()];
    for (;;) {
      const owner = await this.#step('batchCreate', id, ...args);
      const found = await this.find(String(owner));
      // Null if it was removed in that moment.
      if (found !== null) return { batch: found, created: owner === id };
    }
  }

  /** The first one's index. */
  async add(batchId: string, items: readonly NewItem[]): Promise<number> {
    const first = await this.#step('batchAdd', batchId, ...items.map(fromNewItem));
    if (first === null) throw batchNotFound(batchId);
    if (first === -1) throw takesNoMore(await this.get(batchId));
    return Number(first);
  }

  /** `added`: how many items this gateway knows to have added, or null. */
  async seal(batchId: string, added: number | null): Promise<Batch> {
    const total = await this.#step('batchSeal', batchId, added ?? '');
    const sealed = await this.get(batchId);
    if (sealed.state !== 'accepting') return sealed;
    const message = `Redis has ${total} items of batch ${batchId}, but ${added} were added: it has lost some.`;
    throw new GatewayError('OVERLOADED', message, RETRY_AFTER_MS);
  }

  /** Answers with the items that will not be run any more; none if that was known. */
  async cancel(batchId: string): Promise<readonly number[]> {
    const before = await this.#step('batchCancel', batchId);
    if (before === null) throw batchNotFound(batchId);
    return indexesOf(String(before), 'q');
  }

  /** Answers with the items that had not ended, or null if there was nothing to remove. */
  async remove(batchId: string, only: 'any' | 'accepting'): Promise<readonly number[] | null> {
    const letters = await this.#step('batchRemove', batchId, only === 'accepting' ? '1' : '');
    return letters === null ? null : indexesOf(String(letters), 'qr');
  }

  /** By id or client batch id; null if there is none. */
  async find(id: string): Promise<Batch | null> {
    return this.#connection.call(async (redis) => {
      const batch = toBatch(await redis.hgetall(this.#keys.of(id).batch));
      if (batch !== null) return batch;
      const owner = await redis.hget(this.#keys.clients, id);
      return owner === null ? null : toBatch(await redis.hgetall(this.#keys.of(owner).batch));
    });
  }

  async get(batchId: string): Promise<Batch> {
    const batch = await this.find(batchId);
    if (batch === null) throw batchNotFound(batchId);
    return batch;
  }

  /** Items that are to be run but have no job; `jobKeys` is what the keys of the batch's jobs begin with. */
  async withoutJob(batchId: string, jobKeys: string): Promise<readonly number[]> {
    return (await this.#step('itemsWithoutJob', batchId, jobKeys)) as number[];
  }

  #step(name: Step, batchId: string, ...args: StepArgument[]): Promise<unknown> {
    return this.#connection.call((redis) => step(redis, this.#keys, name, batchId, args));
  }
}
