/** What a multipart request may have: while it is not known yet, as one picture, and as a batch. */
import type { GatewayError } from '../../core/contracts/errors.ts';
import { batchTooLarge, fileTooLarge } from '../../core/contracts/limits.ts';

export interface ArrivalLimits {
  /** Of one file, in bytes. */
  readonly maxBytes: number;
  /** For one picture to arrive completely; for the next sign of life within a batch; in ms. */
  readonly timeoutMs: number;
  readonly batch: BatchTerms;
}

export interface BatchTerms {
  readonly maxFiles: number;
  /** Of all files together. */
  readonly maxBytes: number;
  /** For all of it to arrive, in ms. */
  readonly timeoutMs: number;
}

/** What a request may have. */
export interface Terms {
  readonly bytes: number;
  readonly tooLarge: () => GatewayError;
}

/** Room for the boundaries, the `operations` and the `map` beside one file, in bytes. */
export const FRAME_BYTES = 64 * 1024;
/** Of each file of a batch, in the `operations` and in the `map`. */
const FIELD_BYTES_PER_FILE = 128;
/** Of each file of a batch: its boundary and its headers. */
const HEAD_BYTES_PER_FILE = 1024;

/** Most bytes that the `operations`, or the `map`, of any request may have. */
export function mostFieldBytes({ batch }: ArrivalLimits): number {
  return FRAME_BYTES + batch.maxFiles * FIELD_BYTES_PER_FILE;
}

/** Most bytes that any request may have. */
export function mostBytes(limits: ArrivalLimits): number {
  return Math.max(onePicture(limits).bytes, batchBytes(limits.batch.maxFiles, limits));
}

export function onePicture({ maxBytes }: ArrivalLimits): Terms {
  return { bytes: FRAME_BYTES + maxBytes, tooLarge: () => fileTooLarge(maxBytes) };
}

export function batchOf(files: number, limits: ArrivalLimits): Terms {
  return { bytes: batchBytes(files, limits), tooLarge: () => batchTooLarge(limits.batch.maxBytes) };
}

function batchBytes(files: number, { batch }: ArrivalLimits): number {
  return batch.maxBytes + FRAME_BYTES + files * (FIELD_BYTES_PER_FILE + HEAD_BYTES_PER_FILE);
}
