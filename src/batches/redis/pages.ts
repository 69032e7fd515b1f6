/** Reading the batches' records in Redis, page by page. */
import { GatewayError } from '../../core/contracts/errors.ts';
import type { PageRequest } from '../store.ts';
import type { Batch, BatchEvent, BatchItem, ItemStatus, Page } from '../types.ts';
import type { RedisConnection } from './connection.ts';
import { idOf, isEntry, type RedisKeys } from './keys.ts';
import { notFound } from './records.ts';
import { type ItemDetails, statusOf, toBatch, toEvent, toItem, toNewItem, toRow } from './rows.ts';

const PAGE = 100;

export class BatchPages {
  readonly #connection: Pick<RedisConnection, 'call'>;
  readonly #keys: RedisKeys;

  constructor(connection: Pick<RedisConnection, 'call'>, keys: RedisKeys) {
    this.#connection = connection;
    this.#keys = keys;
  }

  /** The latest first. */
  async batches({ first, after }: PageRequest): Promise<Page<Batch>> {
    if (after !== null && !isEntry(after)) throw badCursor(after);
    const from = after === null ? '+' : `(${after}`;
    return this.#connection.call(async (redis) => {
      // One more than asked for tells whether there is a next page.
      const entries = await redis.zrevrangebylex(this.#keys.index, from, '-', 'LIMIT', 0, first + 1);
      const page = entries.slice(0, first);
      const rows = await Promise.all(page.map((entry) => redis.hgetall(this.#keys.of(idOf(entry)).batch)));
      // A batch can be removed in between.
      const nodes = rows.map(toBatch).filter((batch) => batch !== null);
      return { nodes, next: entries.length > first ? (page.at(-1) ?? null) : null };
    });
  }

  async *all(): AsyncGenerator<Batch> {
    let after: string | null = null;
    do {
      const page: Page<Batch> = await this.batches({ first: PAGE, after });
      yield* page.nodes;
      after = page.next;
    } while (after !== null);
  }

  /** By index. */
  async items(
    batchId: string,
    { first, after, status }: PageRequest & { status: ItemStatus | null },
  ): Promise<Page<BatchItem>> {
    if (after !== null && !/^\d{1,15}$/.test(after)) throw badCursor(after);
    const start = after === null ? 0 : Number(after) + 1;
    const keys = this.#keys.of(batchId);
    const [exists, letters] = await this.#connection.call((redis) =>
      Promise.all([redis.exists(keys.batch), redis.getrange(keys.status, start, -1)]),
    );
    if (exists === 0) throw notFound(batchId);
    const found = [...letters]
      .map((letter, at) => ({ index: start + at, status: statusOf(letter) }))
      .filter((item) => status === null || item.status === status);
    const page = found.slice(0, first);
    const details = await this.#details(batchId, page);
    const nodes = page.map((item) => toItem(item, details));
    return { nodes, next: found.length > first ? String(page.at(-1)?.index) : null };
  }

  /** Events with a `seq` greater than `after`. */
  async events(batchId: string, after: number, limit: number): Promise<readonly BatchEvent[]> {
    const keys = this.#keys.of(batchId);
    const [exists, entries] = await this.#connection.call((redis) =>
      Promise.all([redis.exists(keys.batch), redis.xrange(keys.events, `${after + 1}-0`, '+', 'COUNT', limit)]),
    );
    if (exists === 0) throw notFound(batchId);
    const rows = entries.map(([id, fields]) => ({ id, row: toRow(fields) }));
    const items = rows.flatMap(({ row }) => (row.item ? [{ index: Number(row.item) }] : []));
    const details = await this.#details(batchId, items);
    return rows.map(({ id, row }) => toEvent(id, row, details));
  }

  /** Names and outcomes of those items. Rejects if the batch has been removed since they were found. */
  async #details(batchId: string, items: readonly { readonly index: number }[]): Promise<ItemDetails> {
    if (items.length === 0) return new Map();
    const keys = this.#keys.of(batchId);
    const fields = items.map(({ index }) => String(index));
    // In this order: what has a name when that is read had its outcome, too.
    const [outcomes, texts] = await this.#connection.call((redis) =>
      Promise.all([redis.hmget(keys.outcomes, ...fields), redis.hmget(keys.items, ...fields)]),
    );
    return new Map(
      items.map(({ index }, at) => {
        const text = texts[at];
        if (!text) throw notFound(batchId);
        return [index, { name: toNewItem(text).name, outcome: outcomes[at] ?? null }];
      }),
    );
  }
}

function badCursor(after: string): GatewayError {
  return new GatewayError('BAD_USER_INPUT', `'${after}' is not the \`next\` of a page.`);
}
