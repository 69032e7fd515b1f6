/** The batches' records in Redis: opening, filling, ending and removing them. */
import { GatewayError } from '../../core/contracts/errors.ts';
import type { NewBatch } from '../store.ts';
import type { Batch, NewItem } from '../types.ts';
import { RETRY_AFTER_MS, type RedisConnection } from './connection.ts';
import { entryOf, type RedisKeys } from './keys.ts';
import { fromNewItem, indexesOf, toBatch } from './rows.ts';
import { type Step, step } from './steps.ts';

export class BatchRecords {
  readonly #connection: RedisConnection;
  readonly #keys: RedisKeys;

  constructor(connection: RedisConnection, keys: RedisKeys) {
    this.#connection = connection;
    this.#keys = keys;
  }

  /** `gateway` is the one that takes the upload. */
  async create(batch: NewBatch, gateway: string): Promise<{ readonly batch: Batch; readonly created: boolean }> {
    const { id, clientBatchId, model, topK, createdAt } = batch;
    const { index, clients, accepting } = this.#keys;
    const counters = { sealed: 0, stopped: 0, total: 0, done: 0, failed: 0, cancelled: 0, seq: 0 };
    const row = { id, clientBatchId: clientBatchId ?? '', model, topK: topK ?? '', createdAt, ...counters };
    const args = [
      id,
      row.clientBatchId,
      entryOf(createdAt, id),
      gateway,
      this.#keys.of('').batch,
      ...Object.entries(row).flat(),
    ];
    for (;;) {
      const owner = await this.#step('batchCreate', [this.#keys.of(id).batch, index, clients, accepting], args);
      const found = await this.find(String(owner));
      // Null if it was removed in that moment.
      if (found !== null) return { batch: found, created: owner === id };
    }
  }

  /** The first one's index. */
  async add(batchId: string, newItems: readonly NewItem[]): Promise<number> {
    const { batch, status, items } = this.#keys.of(batchId);
    const first = await this.#step('batchAdd', [batch, status, items], newItems.map(fromNewItem));
    if (first === null) throw notFound(batchId);
    if (first === -1)
      throw new GatewayError('BAD_USER_INPUT', `Batch ${batchId} is complete: it takes no more pictures.`);
    if (first === -2) throw new GatewayError('CANCELLED', `Batch ${batchId} was cancelled: it takes no more pictures.`);
    return Number(first);
  }

  /** `added`: how many items this gateway knows to have added, or null. */
  async seal(batchId: string, added: number | null): Promise<Batch> {
    const { batch, events } = this.#keys.of(batchId);
    const args = [batchId, this.#keys.changes, added ?? ''];
    const total = await this.#step('batchSeal', [batch, this.#keys.accepting, events], args);
    const sealed = await this.get(batchId);
    if (sealed.state !== 'accepting') return sealed;
    const message = `Redis has ${total} items of batch ${batchId}, but ${added} were added: it has lost some.`;
    throw new GatewayError('OVERLOADED', message, RETRY_AFTER_MS);
  }

  /** Answers with the items that will not be run any more; none if that was known. */
  async cancel(batchId: string): Promise<readonly number[]> {
    const { batch, status, events } = this.#keys.of(batchId);
    const keys = [batch, status, this.#keys.accepting, events];
    const before = await this.#step('batchCancel', keys, [batchId, this.#keys.changes]);
    if (before === null) throw notFound(batchId);
    return indexesOf(String(before), 'q');
  }

  /** Answers with the items that had not ended, or null if there was nothing to remove. */
  async remove(batchId: string, only: 'any' | 'accepting'): Promise<readonly number[] | null> {
    const { batch, status, items, outcomes, events } = this.#keys.of(batchId);
    const { index, clients, accepting, changes } = this.#keys;
    const keys = [batch, status, items, outcomes, events, index, clients, accepting];
    const letters = await this.#step('batchRemove', keys, [batchId, changes, only === 'accepting' ? '1' : '']);
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
    if (batch === null) throw notFound(batchId);
    return batch;
  }

  /** Items that are to be run but have no job; `jobKeys` is what the keys of the batch's jobs begin with. */
  async withoutJob(batchId: string, jobKeys: string): Promise<readonly number[]> {
    return (await this.#step('itemsWithoutJob', [this.#keys.of(batchId).status], [jobKeys])) as number[];
  }

  #step(name: Step, keys: string[], args: (string | number)[]): Promise<unknown> {
    return this.#connection.call((redis) => step(redis, name, keys, args));
  }
}

export function notFound(batchId: string): GatewayError {
  return new GatewayError('BATCH_NOT_FOUND', `There is no batch ${batchId} (any more).`);
}
