/** The batches' records in Redis: changed step by step, read page by page. */
import { GatewayError } from '../../core/contracts/errors.ts';
import { numberAfter, pageOf } from '../paging.ts';
import { batchNotFound, noCursor, takesNoMore } from '../refusals.ts';
import type { ItemsRequest, NewBatch, PageRequest } from '../store.ts';
import type { Batch, BatchEvent, BatchItem, NewItem, Page } from '../types.ts';
import { RETRY_AFTER_MS, type RedisConnection } from './connection.ts';
import { entryOf, idOf, isEntry } from './keys.ts';
import { type FoundItem, fromNewItem, indexesOf, statusOf, toBatch, toEvent, toItem, toRow } from './rows.ts';
import { type Step, type StepArgument, step } from './steps.ts';

/** Batches on a page when all of them are read. */
const SOME = 100;
const COUNTERS = { sealed: 0, stopped: 0, total: 0, done: 0, failed: 0, cancelled: 0, seq: 0 };

export class BatchRecords {
  readonly #connection: Pick<RedisConnection, 'call' | 'keys'>;

  constructor(connection: Pick<RedisConnection, 'call' | 'keys'>) {
    this.#connection = connection;
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

  /** Answers with the index of the first item. */
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
      const batch = toBatch(await redis.hgetall(this.#connection.keys.of(id).batch));
      if (batch !== null) return batch;
      const owner = await redis.hget(this.#connection.keys.clients, id);
      return owner === null ? null : toBatch(await redis.hgetall(this.#connection.keys.of(owner).batch));
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

  /** The latest first. */
  async batches({ first, after }: PageRequest): Promise<Page<Batch>> {
    if (after !== null && !isEntry(after)) throw noCursor(after);
    const from = after === null ? '+' : `(${after}`;
    return this.#connection.call(async (redis) => {
      const entries = await redis.zrevrangebylex(this.#connection.keys.index, from, '-', 'LIMIT', 0, first + 1);
      const { nodes, next } = pageOf(entries, first, idOf, (entry) => entry);
      const rows = await Promise.all(nodes.map((id) => redis.hgetall(this.#connection.keys.of(id).batch)));
      // A batch can be removed in between.
      return { nodes: rows.map(toBatch).filter((batch) => batch !== null), next };
    });
  }

  async *all(): AsyncGenerator<Batch> {
    let after: string | null = null;
    do {
      const page: Page<Batch> = await this.batches({ first: SOME, after });
      yield* page.nodes;
      after = page.next;
    } while (after !== null);
  }

  /** By index. */
  async items(batchId: string, { first, after, status }: ItemsRequest): Promise<Page<BatchItem>> {
    const start = (numberAfter(after) ?? -1) + 1;
    const keys = this.#connection.keys.of(batchId);
    const [exists, letters] = await this.#connection.call((redis) =>
      Promise.all([redis.exists(keys.batch), redis.getrange(keys.status, start, -1)]),
    );
    if (exists === 0) throw batchNotFound(batchId);
    const found = [...letters]
      .map((letter, at) => ({ index: start + at, status: statusOf(letter) }))
      .filter((item) => status === null || item.status === status);
    const { nodes, next } = pageOf(
      found,
      first,
      (item) => item,
      ({ index }) => index,
    );
    return { nodes: await this.#whole(batchId, nodes), next };
  }

  /** Events with a `seq` greater than `after`. */
  async events(batchId: string, after: number, limit: number): Promise<readonly BatchEvent[]> {
    const keys = this.#connection.keys.of(batchId);
    const [exists, entries] = await this.#connection.call((redis) =>
      Promise.all([redis.exists(keys.batch), redis.xrange(keys.events, `${after + 1}-0`, '+', 'COUNT', limit)]),
    );
    if (exists === 0) throw batchNotFound(batchId);
    const rows = entries.map(([id, fields]) => ({ id, row: toRow(fields) }));
    const ended = rows.flatMap(({ row }) => (row.item ? [{ index: Number(row.item), status: null }] : []));
    const items = new Map((await this.#whole(batchId, ended)).map((item) => [String(item.index), item]));
    return rows.map(({ id, row }) => toEvent(id, row, items.get(row.item ?? '') ?? null));
  }

  /** Reads the names and outcomes of items. Rejects if the batch has been removed since they were found. */
  async #whole(batchId: string, found: readonly FoundItem[]): Promise<readonly BatchItem[]> {
    if (found.length === 0) return [];
    const keys = this.#connection.keys.of(batchId);
    const fields = found.map(({ index }) => String(index));
    // Outcomes first: an item whose name is still there afterwards had not lost its outcome when that was read.
    const [outcomes, items] = await this.#connection.call((redis) =>
      Promise.all([redis.hmget(keys.outcomes, ...fields), redis.hmget(keys.items, ...fields)]),
    );
    return found.map((item, at) => {
      const text = items[at];
      if (!text) throw batchNotFound(batchId);
      return toItem(item, text, outcomes[at] ?? null);
    });
  }

  #step(name: Step, batchId: string, ...args: StepArgument[]): Promise<unknown> {
    return this.#connection.call((redis) => step(redis, this.#connection.keys, name, batchId, args));
  }
}
