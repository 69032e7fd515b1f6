/** What the batches keep in Redis, as strings, and what it means. */
import { stateOf } from '../state.ts';
import type { Batch, BatchEvent, BatchItem, Extent, ItemOutcome, ItemStatus, NewItem } from '../types.ts';

export type Row = Readonly<Record<string, string>>;

const STATUSES: readonly ItemStatus[] = ['queued', 'running', 'done', 'failed', 'cancelled'];

/** `letter`: the first one of the status. */
export function statusOf(letter: string): ItemStatus {
  const status = STATUSES.find((one) => one.startsWith(letter));
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

/** An item whose name and outcome are still to be read. Its status is null if all that is known is that it has ended. */
export interface FoundItem extends Pick<BatchItem, 'index'> {
  readonly status: ItemStatus | null;
}

export function toItem({ index, status }: FoundItem, text: string, outcomeText: string | null): BatchItem {
  const { name } = toNewItem(text);
  // The outcome was read after the status, so it may be there for an item that had not ended: that one is shown as it was.
  const hadEnded = status === null || status === 'done' || status === 'failed';
  const outcome = hadEnded && outcomeText !== null ? (JSON.parse(outcomeText) as ItemOutcome) : null;
  return { index, name, status: status ?? (outcome?.ok ? 'done' : 'failed'), outcome };
}

/** `id` and `row` are those of the entry in the stream. */
export function toEvent(id: string, row: Row, item: BatchItem | null): BatchEvent {
  return { seq: Number.parseInt(id, 10), ...toFigures(row), item };
}

/** `fields`: names and values in turn, as in the entry of a stream. */
export function toRow(fields: readonly string[]): Row {
  return Object.fromEntries(fields.flatMap((field, at) => (at % 2 === 0 ? [[field, fields[at + 1] ?? '']] : [])));
}

/** What a batch and each of its events have in common. */
function toFigures(row: Row): Pick<Batch, 'state' | 'total' | 'done' | 'failed'> {
  const [total, done, failed] = [Number(row.total), Number(row.done), Number(row.failed)];
  const [sealed, stopped] = [row.sealed === '1', row.stopped === '1'];
  const state = stateOf({ sealed, stopped, waiting: total - done - failed, running: 0 });
  return { state, total, done, failed };
}
