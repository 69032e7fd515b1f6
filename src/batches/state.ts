/**
 * What can become of an item and of its batch. Pure.
 *
 * An item:
 *   waiting   queued, or cancelled as soon as its batch is stopped    take → running (unless it is cancelled)
 *   running   finish → done | failed; giveBack → waiting
 *   done, failed   final
 *
 * A batch, derived from what is counted in it:
 *   accepting   seal → running, or completed if every item has ended by then; stop → cancelled
 *   running     finish of the last item → completed; stop → cancelled
 *   completed   final
 *   cancelled   final, but what was running may still finish or come back
 *
 * A transition that is not possible is null: then nothing happens. Whatever is worth an event raises `seq` by one.
 */
import type { Batch, BatchState, ItemOutcome, ItemStatus } from './types.ts';

/** No item is marked as cancelled: stopping a batch of any size changes the batch alone. */
export type Phase = 'waiting' | 'running' | 'done' | 'failed';

/** What there is to know of a batch; for each phase, how many items are in it. */
export interface BatchFacts extends Readonly<Record<Phase, number>> {
  /** Its upload is complete. */
  readonly sealed: boolean;
  /** It was cancelled. */
  readonly stopped: boolean;
  /** Of its latest event. */
  readonly seq: number;
}

export interface ItemChange {
  readonly batch: BatchFacts;
  readonly phase: Phase;
}

export function add(batch: BatchFacts, items: number): BatchFacts | null {
  return isUploading(batch) ? { ...batch, waiting: batch.waiting + items } : null;
}

export function seal(batch: BatchFacts): BatchFacts | null {
  return isUploading(batch) ? { ...batch, sealed: true, seq: batch.seq + 1 } : null;
}

export function stop(batch: BatchFacts): BatchFacts | null {
  const state = stateOf(batch);
  return state === 'accepting' || state === 'running' ? { ...batch, stopped: true, seq: batch.seq + 1 } : null;
}

export function take(batch: BatchFacts, phase: Phase): ItemChange | null {
  return phase === 'waiting' && !batch.stopped ? move(batch, phase, 'running') : null;
}

export function giveBack(batch: BatchFacts, phase: Phase): ItemChange | null {
  return phase === 'running' ? move(batch, phase, 'waiting') : null;
}

export function finish(batch: BatchFacts, phase: Phase, { ok }: Pick<ItemOutcome, 'ok'>): ItemChange | null {
  return phase === 'running' ? move({ ...batch, seq: batch.seq + 1 }, phase, ok ? 'done' : 'failed') : null;
}

export function itemStatus({ stopped }: Pick<BatchFacts, 'stopped'>, phase: Phase): ItemStatus {
  if (phase !== 'waiting') return phase;
  return stopped ? 'cancelled' : 'queued';
}

/** In which phase the items of this status are; null if there can be none. */
export function phaseWith({ stopped }: Pick<BatchFacts, 'stopped'>, status: ItemStatus): Phase | null {
  if (status === 'queued') return stopped ? null : 'waiting';
  if (status === 'cancelled') return stopped ? 'waiting' : null;
  return status;
}

export function totalOf({ waiting, running, done, failed }: BatchFacts): number {
  return waiting + running + done + failed;
}

type StateFacts = Pick<BatchFacts, 'sealed' | 'stopped' | 'waiting' | 'running'>;

export function stateOf({ sealed, stopped, waiting, running }: StateFacts): BatchState {
  if (stopped) return 'cancelled';
  if (!sealed) return 'accepting';
  return waiting + running === 0 ? 'completed' : 'running';
}

/** Nothing will happen in it any more. */
export function hasEnded({ state, total, done, failed, cancelled }: Batch): boolean {
  return state === 'completed' || (state === 'cancelled' && done + failed + cancelled === total);
}

function isUploading({ sealed, stopped }: BatchFacts): boolean {
  return !sealed && !stopped;
}

function move(batch: BatchFacts, from: Phase, to: Phase): ItemChange {
  return { batch: { ...batch, [from]: batch[from] - 1, [to]: batch[to] + 1 }, phase: to };
}
