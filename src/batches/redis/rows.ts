/** What the batches keep in Redis, as strings, and what it means. */
import { batchState } from '../state.ts';
import type { Batch, BatchEvent, BatchItem, Extent, ItemOutcome, ItemStatus, NewItem } from '../types.ts';

export type Row = Readonly<Record<string, string>>;

const STATUS: Readonly<Record<string, ItemStatus>> = {
  q: 'queued',
  r: 'running',
  d: 'done',
  f: 'failed',
  c: 'cancelled',
};

export function statusOf(letter: string): ItemStatus {
  const status = STATUS[letter];
  if (status === undefined) throw new Error(`'${letter}' is no status of an item`);
  return status;
}

/** Indexes of the items with one of those statuses, by the status letters of their batch. */
export function indexesOf(letters: string, wanted: 'q' | 'qr'): number[] {
  return [...letters].flatMap((letter, index) => (wanted.includes(letter) ? [index] : []));
}

/** `row` is empty if there is no such batch. */
export function toBatch(row: Row): Batch | null {
  if (row.id === undefined) return null;
  return {
    id: row.id,
    clientBatchId: row.clientBatchId || null,
    model: row.model ?? '',
    topK: toTopK(row.topK),
    createdAt: Number(row.createdAt),
    ...toFigures(row),
    cancelled: Number(row.cancelled),
    seq: Number(row.seq),
  };
}

export function toTopK(text: string | undefined): number | null {
  return text ? Number(text) : null;
}

export function fromNewItem({ name, extent }: NewItem): string {
  return JSON.stringify({ name, place: extent });
}

export function toNewItem(text: string): NewItem {
  const { name, place } = JSON.parse(text) as { readonly name: string; readonly place: Extent };
  return { name, extent: place };
}

/** By index. */
export type ItemDetails = ReadonlyMap<number, { readonly name: string; readonly outcome: string | null }>;

export function toItem({ index, status }: Pick<BatchItem, 'index' | 'status'>, details: ItemDetails): BatchItem {
  const { name = '', outcome = null } = details.get(index) ?? {};
  const ended = status === 'done' || status === 'failed';
  return { index, name, status, outcome: ended && outcome !== null ? (JSON.parse(outcome) as ItemOutcome) : null };
}

/** `id` and `row` are those of the entry in the stream. */
export function toEvent(id: string, row: Row, details: ItemDetails): BatchEvent {
  return {
    seq: Number.parseInt(id, 10),
    ...toFigures(row),
    item: row.item ? toEndedItem(Number(row.item), details) : null,
  };
}

/** Fields and values in turn, as streams have them. */
export function toRow(fields: readonly string[]): Row {
  return Object.fromEntries(fields.flatMap((field, at) => (at % 2 === 0 ? [[field, fields[at + 1] ?? '']] : [])));
}

function toEndedItem(index: number, details: ItemDetails): BatchItem {
  const item = toItem({ index, status: 'done' }, details);
  return item.outcome?.ok === false ? { ...item, status: 'failed' } : item;
}

/** What a batch and its events both have. */
function toFigures(row: Row): Pick<Batch, 'state' | 'total' | 'done' | 'failed'> {
  const figures = { total: Number(row.total), done: Number(row.done), failed: Number(row.failed) };
  const state = batchState({ sealed: row.sealed === '1', stopped: row.stopped === '1', ...figures });
  return { state, ...figures };
}
