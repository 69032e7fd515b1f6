/** What the tables of the SQLite store hold, and what it means. */
import { type BatchFacts, itemStatus, type Phase, stateOf, totalOf } from '../state.ts';
import type { NewBatch } from '../store.ts';
import type { Batch, BatchEvent, BatchItem, ItemOutcome } from '../types.ts';

export interface BatchRow extends NewBatch, Omit<BatchFacts, 'sealed' | 'stopped'> {
  /** By order of creation. */
  readonly number: number;
  readonly sealed: 0 | 1;
  readonly stopped: 0 | 1;
}

export interface ItemRow {
  readonly position: number;
  readonly name: string;
  readonly phase: Phase;
  readonly outcome: string | null;
}

/** The columns of the item are null if the event has none. */
export type EventRow = Omit<BatchEvent, 'item'> & (ItemRow | { readonly [Column in keyof ItemRow]: null });

export function toFacts({ sealed, stopped, waiting, running, done, failed, seq }: BatchRow): BatchFacts {
  return { sealed: sealed === 1, stopped: stopped === 1, waiting, running, done, failed, seq };
}

export function toBatch(row: BatchRow, facts: BatchFacts = toFacts(row)): Batch {
  const { id, clientBatchId, model, topK, createdAt } = row;
  const { done, failed, seq } = facts;
  const cancelled = facts.stopped ? facts.waiting : 0;
  const state = stateOf(facts);
  return { id, clientBatchId, model, topK, createdAt, state, total: totalOf(facts), done, failed, cancelled, seq };
}

export function toItem({ position, name, phase, outcome }: ItemRow, batch: Pick<BatchFacts, 'stopped'>): BatchItem {
  return {
    index: position,
    name: JSON.parse(name) as string,
    status: itemStatus(batch, phase),
    outcome: outcome === null ? null : (JSON.parse(outcome) as ItemOutcome),
  };
}

export function toEvent(row: EventRow): BatchEvent {
  const { seq, state, total, done, failed } = row;
  // An item that has ended has the same status whatever its batch is.
  const item = row.position === null ? null : toItem(row, { stopped: false });
  return { seq, state, total, done, failed, item };
}
