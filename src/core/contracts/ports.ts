/** What the pure parts and the drivers report through, without knowing who listens. */
import type { ModelKey, WorkerId, WorkerKind } from './types.ts';

/** The phases of a cold start, in ms, in this order. */
export interface ColdStartPhases {
  /** Decision to start → first line of the worker's own code. */
  readonly thread: number;
  /** Loading the engine's library and the image decoder. */
  readonly runtime: number;
  /** Loading the model's artifact. */
  readonly model: number;
  /** The first decode and inference. */
  readonly warmUp: number;
  readonly total: number;
}

export type GatewayEvent =
  | {
      readonly type: 'workerStarting';
      readonly worker: WorkerId;
      readonly kind: WorkerKind;
      readonly model: ModelKey;
      readonly reason: string;
    }
  | {
      readonly type: 'workerWarm';
      readonly worker: WorkerId;
      readonly model: ModelKey;
      readonly phases: ColdStartPhases;
    }
  | {
      readonly type: 'workerGone';
      readonly worker: WorkerId;
      readonly model: ModelKey;
      readonly reason: string;
      readonly died: boolean;
    }
  | { readonly type: 'internalError'; readonly error: unknown };

export interface EventSink {
  emit(event: GatewayEvent): void;
}

/** Real in production, steered by hand in tests. */
export interface Clock {
  /** Monotonic, in ms. */
  now(): number;
  /** Runs `callback` once, at `at` or as soon after it as possible; the returned function ends the wait. */
  at(at: number, callback: () => void): () => void;
}
