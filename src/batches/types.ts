/** What a batch is: many pictures uploaded at once, classified one by one, their results kept for a while. */
import type { ErrorCode } from '../core/contracts/errors.ts';
import type { Prediction } from '../pool/classifier.ts';

/**
 *   queued → running → done | failed
 *   running → queued      its gateway gave it back or died
 *   queued → cancelled    (a running item may finish)
 */
export type ItemStatus = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

/**
 * Derived from its items, never set:
 *   accepting → running → completed     accepting while its upload lasts
 *   accepting | running → cancelled
 */
export type BatchState = 'accepting' | 'running' | 'completed' | 'cancelled';

export interface Batch {
  /** Unguessable: whoever knows it may read the batch. */
  readonly id: string;
  /** The client's own name for it, or null. It is as good as `id` wherever an id is asked for. */
  readonly clientBatchId: string | null;
  /** Model version that classifies all of it, `name@version`. */
  readonly model: string;
  /** Number of scores that each result keeps, best first; null for all. */
  readonly topK: number | null;
  /** Ms since the epoch. */
  readonly createdAt: number;
  readonly state: BatchState;
  /** Items so far; final once the state is no longer `accepting`. */
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Of its latest event; 0 before the first one. */
  readonly seq: number;
}

/** How an item ended. */
export type ItemOutcome =
  | ({ readonly ok: true } & Prediction)
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string };

export interface BatchItem {
  /** Position in the upload, from 0. */
  readonly index: number;
  /** File name as the client sent it. */
  readonly name: string;
  readonly status: ItemStatus;
  /** Null until it is done or failed. */
  readonly outcome: ItemOutcome | null;
}

/**
 * What happened in a batch, in order: `seq` is 1, 2, 3 … without a gap. There is one event when the upload is complete, one
 * for each item that is done or has failed, and one when the batch is cancelled. The numbers are those right after it.
 */
export interface BatchEvent extends Pick<Batch, 'seq' | 'state' | 'total' | 'done' | 'failed'> {
  /** The item that is done or has failed; null if the event is the batch's own, or a snapshot. */
  readonly item: BatchItem | null;
}

/** Where a picture lies in the file that the spool has for its batch, in bytes. */
export interface Extent {
  readonly offset: number;
  readonly length: number;
}

/** A picture that has arrived. */
export interface NewItem {
  /** File name as the client sent it. */
  readonly name: string;
  readonly extent: Extent;
}

/** An item that is to be classified now. */
export interface BatchWork extends Pick<Batch, 'model' | 'topK'> {
  readonly batchId: string;
  readonly index: number;
  readonly extent: Extent;
}

export interface Page<Node> {
  readonly nodes: readonly Node[];
  /** To be given as `after` for the next page; null if this is the last one. */
  readonly next: string | null;
}
