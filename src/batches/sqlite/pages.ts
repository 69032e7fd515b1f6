/** What clients read of batches in SQLite, page by page. */
import { GatewayError } from '../../core/contracts/errors.ts';
import { type BatchFacts, phaseWith } from '../state.ts';
import type { PageRequest } from '../store.ts';
import type { Batch, BatchEvent, BatchItem, ItemStatus, Page } from '../types.ts';
import type { Query, SqliteDatabase } from './database.ts';
import type { SqliteRecords } from './records.ts';
import { type BatchRow, type EventRow, type ItemRow, toBatch, toEvent, toFacts, toItem } from './rows.ts';

type ItemsRequest = PageRequest & { readonly status: ItemStatus | null };

export class SqlitePages {
  readonly #db: SqliteDatabase;
  readonly #records: SqliteRecords;
  readonly #batches: Query<BatchRow>;
  readonly #items: Query<ItemRow>;
  readonly #itemsInPhase: Query<ItemRow>;
  readonly #events: Query<EventRow>;

  constructor(db: SqliteDatabase, records: SqliteRecords) {
    this.#db = db;
    this.#records = records;
    this.#batches = db.prepare('SELECT * FROM batches WHERE number < ? AND removed = 0 ORDER BY number DESC LIMIT ?');
    const items = 'SELECT position, name, phase, outcome FROM items';
    this.#items = db.prepare(`${items} WHERE batch = ? AND position > ? ORDER BY position LIMIT ?`);
    this.#itemsInPhase = db.prepare(
      `${items} INDEXED BY itemsByPhase WHERE batch = ? AND phase = ? AND position > ? ORDER BY position LIMIT ?`,
    );
    this.#events = db.prepare(
      `SELECT seq, state, total, done, failed, position, name, phase, outcome
       FROM events LEFT JOIN items USING (batch, position) WHERE batch = ? AND seq > ? ORDER BY seq LIMIT ?`,
    );
  }

  batches({ first, after }: PageRequest): Page<Batch> {
    const before = placeOf(after) ?? Number.MAX_SAFE_INTEGER;
    const rows = this.#db.read(() => this.#batches.all(before, first + 1));
    const toNode = (row: BatchRow) => toBatch(row);
    return toPage(rows, first, toNode, ({ number }) => number);
  }

  items(batchId: string, { first, after, status }: ItemsRequest): Page<BatchItem> {
    const from = placeOf(after) ?? -1;
    return this.#db.read(() => {
      const batch = this.#records.require(batchId);
      const facts = toFacts(batch);
      const toNode = (row: ItemRow) => toItem(row, facts);
      const rows = this.#itemRows(batch.number, status, facts, from, first + 1);
      return toPage(rows, first, toNode, ({ position }) => position);
    });
  }

  events(batchId: string, after: number, limit: number): readonly BatchEvent[] {
    return this.#db.read(() => {
      const { number } = this.#records.require(batchId);
      return this.#events.all(number, after, limit).map(toEvent);
    });
  }

  #itemRows(batch: number, status: ItemStatus | null, facts: BatchFacts, from: number, limit: number): ItemRow[] {
    if (status === null) return this.#items.all(batch, from, limit);
    const phase = phaseWith(facts, status);
    return phase === null ? [] : this.#itemsInPhase.all(batch, phase, from, limit);
  }
}

/** `rows` go one beyond the page if another one follows. */
function toPage<Row, Node>(
  rows: readonly Row[],
  first: number,
  toNode: (row: Row) => Node,
  toPlace: (row: Row) => number,
): Page<Node> {
  const shown = rows.slice(0, first);
  const last = shown.at(-1);
  return { nodes: shown.map(toNode), next: rows.length > first && last ? String(toPlace(last)) : null };
}

/** The place that a page gave as its `next`. */
function placeOf(after: string | null): number | null {
  if (after === null) return null;
  if (/^\d{1,15}$/.test(after)) return Number(after);
  throw new GatewayError('BAD_USER_INPUT', `after is ${JSON.stringify(after)}; it must be the \`next\` of a page.`);
}
