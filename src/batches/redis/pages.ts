/** Reading the batches' records in Redis, page by page. */
import { numberAfter, pageOf } from '../paging.ts';
import { batchNotFound, noCursor } from '../refusals.ts';
import type { ItemsRequest, PageRequest } from '../store.ts';
import type { Batch, BatchEvent, BatchItem, Page } from '../types.ts';
import type { RedisConnection } from './connection.ts';
import { idOf, isEntry, type RedisKeys } from './keys.ts';
import { type FoundItem, statusOf, toBatch, toEvent, toItem, toRow } from './rows.ts';

/** Batches read at once when all are looked through. */
const SOME = 100;

export class BatchPages {
  readonly #connection: Pick<RedisConnection, 'call'>;
  readonly #keys: RedisKeys;

  constructor(connection: Pick<RedisConnection, 'call'>, keys: RedisKeys) {
    this.#connection = connection;
    this.#keys = keys;
  }

  /** The latest first. */
  async batches({ first, after }: PageRequest): Promise<Page<Batch>> {
    if (after !== null && !isEntry(after)) throw noCursor(after);
    const from = after === null ? '+' : `(${after}`;
    return this.#connection.call(async (redis) => {
      const entries = await redis.zrevrangebylex(this.#keys.index, from, '-', 'LIMIT', 0, first + 1);
      const { nodes, next } = pageOf(entries, first, idOf, (entry) => entry);
      const rows = await Promise.all(nodes.map((id) => redis.hgetall(this.#keys.of(id).batch)));
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
    const keys = this.#keys.of(batchId);
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
    const keys = this.#keys.of(batchId);
    const [exists, entries] = await this.#connection.call((redis) =>
      Promise.all([redis.exists(keys.batch), redis.xrange(keys.events, `${after + 1}-0`, '+', 'COUNT', limit)]),
    );
    if (exists === 0) throw batchNotFound(batchId);
    const rows = entries.map(([id, fields]) => ({ id, row: toRow(fields) }));
    const ended = rows.flatMap(({ row }) => (row.item ? [{ index: Number(row.item), status: null }] : []));
    const items = new Map((await this.#whole(batchId, ended)).map((item) => [String(item.index), item]));
    return rows.map(({ id, row }) => toEvent(id, row, items.get(row.item ?? '') ?? null));
  }

  /** With their names and outcomes. Rejects if the batch has been removed since they were found. */
  async #whole(batchId: string, found: readonly FoundItem[]): Promise<readonly BatchItem[]> {
    if (found.length === 0) return [];
    const keys = this.#keys.of(batchId);
    const fields = found.map(({ index }) => String(index));
    // In this order: what has a name when that is read had its outcome, too.
    const [outcomes, items] = await this.#connection.call((redis) =>
      Promise.all([redis.hmget(keys.outcomes, ...fields), redis.hmget(keys.items, ...fields)]),
    );
    return found.map((item, at) => {
      const text = items[at];
      if (!text) throw batchNotFound(batchId);
      return toItem(item, text, outcomes[at] ?? null);
    });
  }
}
