/**
 * How one item of a batch is run: from its place in the spool, which the worker reads, through the pool, to its outcome.
 *
 * What is wrong with the picture or its model fails the item. What will pass (a full queue, a worker that cannot start just
 * now) is tried again for a while; what has to do with this gateway and not with the item gives it back to the store.
 */
import { randomUUID } from 'node:crypto';
import { type ErrorCode, GatewayError } from '../core/contracts/errors.ts';
import type { Clock, EventSink } from '../core/contracts/ports.ts';
import type { ModelVersion } from '../models/manifest.ts';
import type { Classification, ClassifyRequest } from '../pool/classifier.ts';
import type { Spool } from './spool/spool.ts';
import type { BatchWork, ItemOutcome } from './types.ts';

export interface RunItemParts {
  readonly spool: Pick<Spool, 'path'>;
  readonly models: { resolve(key: string): ModelVersion };
  /** By the pool. Rejects with a GatewayError. */
  readonly classify: (request: ClassifyRequest) => Promise<Classification>;
  readonly clock: Clock;
  readonly events: EventSink;
  /** How long an item that the pool refuses is tried again, in ms. */
  readonly patienceMs: number;
}

export class ItemRunner {
  readonly #parts: RunItemParts;

  constructor(parts: RunItemParts) {
    this.#parts = parts;
  }

  /** Throws to give the item back. */
  async run(work: BatchWork, signal: AbortSignal): Promise<ItemOutcome> {
    const { clock, patienceMs } = this.#parts;
    const giveUpAt = clock.now() + patienceMs;
    for (;;) {
      try {
        const { label, confidence, scores } = await this.#classify(work, signal);
        return { ok: true, label, confidence, scores };
      } catch (error) {
        // Cancelled, but not by the store: the pool is closed.
        if (signal.aborted || isGatewayError(error, 'CANCELLED')) throw error;
        const retryAfterMs = retryAfter(error);
        if (retryAfterMs === null || clock.now() + retryAfterMs > giveUpAt) return this.#giveUp(error);
        await nap(clock, retryAfterMs, signal);
      }
    }
  }

  async #classify(work: BatchWork, signal: AbortSignal): Promise<Classification> {
    const { spool, models, classify } = this.#parts;
    const { batchId, place, topK } = work;
    const model = models.resolve(work.model);
    const picture = { file: spool.path(batchId), ...place };
    const request = { id: randomUUID(), picture, model, topK, signal };
    return classify({ ...request, priority: 'bulk', deadlineMs: null });
  }

  #giveUp(error: unknown): ItemOutcome {
    if (error instanceof GatewayError) {
      // The pool will have room again. Without a time to come back it never will: the model can have no worker.
      if (error.code === 'OVERLOADED' && error.retryAfterMs !== undefined) throw error;
      return failed(error.code, error.message);
    }
    this.#parts.events.emit({ type: 'internalError', error });
    return failed('WORKER_FAILED', 'The picture could not be classified: internal error.');
  }
}

/** When trying again is worth it, in ms; null for never. */
function retryAfter(error: unknown): number | null {
  return error instanceof GatewayError ? (error.retryAfterMs ?? null) : null;
}

function isGatewayError(error: unknown, code: ErrorCode): boolean {
  return error instanceof GatewayError && error.code === code;
}

function failed(code: ErrorCode, message: string): ItemOutcome {
  return { ok: false, code, message };
}

/** Rejects with the signal's reason if that is aborted first. */
function nap(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      cancel();
      reject(signal.reason);
    };
    const cancel = clock.at(clock.now() + ms, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
