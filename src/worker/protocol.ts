/**
 * What crosses the thread boundary. Everything here survives structured cloning. A single upload lies in shared memory, and of
 * a batch's picture only where it lies in the spool is told: neither is copied, and a request whose worker died still has it for
 * another one.
 */
import type { EngineName } from '../core/contracts/engines.ts';
import type { ErrorCode } from '../core/contracts/errors.ts';
import type { ModelVersion } from '../models/manifest.ts';
import type { DecodeLimits } from './image/decode-limits.ts';
import type { Gate } from './native-gate.ts';
import type { Picture } from './picture.ts';

/** Given to a worker when its thread starts. */
export interface WorkerData {
  readonly version: ModelVersion;
  readonly engine: EngineName;
  readonly limits: DecodeLimits;
  readonly gate: Gate;
}

/** When each phase of the cold start ended, on the clock that all threads share, in ms. */
export interface WarmUpReport {
  readonly threadUp: number;
  readonly runtimeLoaded: number;
  readonly modelLoaded: number;
  readonly warm: number;
}

/** One batch of encoded pictures. */
export type Task = readonly Picture[];

/** One for each picture of the task, in its order. A bad picture fails alone. */
export type Outcome =
  | { readonly ok: true; readonly probabilities: Float32Array; readonly decodeMs: number; readonly inferMs: number }
  | {
      readonly ok: false;
      readonly code: ErrorCode;
      readonly message: string;
      readonly retryAfterMs?: number | undefined;
    };

/** Milliseconds since the epoch with sub-millisecond steps; `performance.now` alone starts anew in every thread. */
export function sharedNow(): number {
  return performance.timeOrigin + performance.now();
}
