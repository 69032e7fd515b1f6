/**
 * How one item of a batch is run: from its extent of the batch's file, which the worker reads, through the pool, to its
 * outcome.
 *
 * What is wrong with the picture or its model fails the item. What will pass (a full queue, a worker that cannot start just
 * now) is tried again for a while; what has to do with this gateway and not with the item gives it back to the store.
 */
import { randomUUID } from 'node:crypto';
import { type ErrorCode, GatewayError } from '../core/contracts/errors.ts';
import type { Clock, EventSink } from '../core/contracts/ports.ts';
import type { ModelVersion } from '../models/manifest.ts';
import { type Prediction, rank, type Submit } from '../pool/classifier.ts';
import { pause } from '../pool/pause.ts';
import type { Spool } from './spool/spool.ts';
import type { RunItem } from './store.ts';
import type { BatchWork, ItemOutcome } from './types.ts';

export interface RunItemParts {
  readonly spool: Pick<Spool, 'path'>;
  readonly models: { resolve(key: string): ModelVersion };
  readonly submit: Submit;
  readonly clock: Clock;
  readonly events: EventSink;
  /** How long an item that the pool refuses is tried again, in ms. */
  readonly patienceMs: number;
}

export function runThroughPool(parts: RunItemParts): RunItem {
  const { clock, patienceMs } = parts;
  return async (work, signal) => {
    const giveUpAt = clock.now() + patienceMs;
    for (;;) {
      try {
        return { ok: true, ...(await predict(parts, work, signal)) };
      } catch (error) {
        // Cancelled, but not by the store: the pool is closed.
        if (signal.aborted || (error instanceof GatewayError && error.code === 'CANCELLED')) throw error;
        const retryAfterMs = error instanceof GatewayError ? error.retryAfterMs : undefined;
        if (retryAfterMs === undefined || clock.now() + retryAfterMs > giveUpAt) return giveUp(error, parts.events);
        await pause(clock, retryAfterMs, signal);
      }
    }
  };
}

async function predict(parts: RunItemParts, work: BatchWork, signal: AbortSignal): Promise<Prediction> {
  const model = parts.models.resolve(work.model);
  const { probabilities } = await parts.submit({
    id: randomUUID(),
    picture: { file: parts.spool.path(work.batchId), ...work.extent },
    onReleased: () => {},
    model: model.key,
    priority: 'bulk',
    deadlineMs: Number.POSITIVE_INFINITY,
    signal,
  });
  return rank(model, probabilities, work.topK);
}

/** Throws to give the item back: the pool will have room again. Without a time to come back its model can have no worker. */
function giveUp(error: unknown, events: EventSink): ItemOutcome {
  if (error instanceof GatewayError) {
    if (error.code === 'OVERLOADED' && error.retryAfterMs !== undefined) throw error;
    return failed(error.code, error.message);
  }
  events.emit({ type: 'internalError', error });
  return failed('WORKER_FAILED', 'The picture could not be classified: internal error.');
}

function failed(code: ErrorCode, message: string): ItemOutcome {
  return { ok: false, code, message };
}
