/** What a client asks for, in the client's words: a picture and a model's name in, labels and a receipt out. */
import type { Binding, WorkerKind } from '../core/types.ts';
import type { ModelVersion } from '../models/manifest.ts';
import type { PoolAnswer, WarmPool } from './warm-pool.ts';

export interface ClassifyRequest {
  readonly id: string;
  /** An encoded picture; in shared memory it crosses to the worker without a copy. */
  readonly picture: Uint8Array;
  /** Called once, when no worker reads the picture any more; that can be after the answer. */
  readonly onReleased: () => void;
  readonly model: ModelVersion;
  /** Number of scores wanted, best first; null for all. */
  readonly topK: number | null;
  /** From now, in ms; null for none. */
  readonly deadlineMs: number | null;
  readonly signal: AbortSignal;
}

export interface Classification {
  readonly label: string;
  readonly confidence: number;
  readonly scores: readonly Score[];
  readonly model: string;
  readonly receipt: Receipt;
}

interface Score {
  readonly label: string;
  readonly confidence: number;
}

/** See the type of the same name in schema.graphql. */
interface Receipt extends Omit<Binding, 'job'> {
  readonly requestId: string;
  readonly worker: WorkerKind;
  readonly workerId: number;
  readonly batchSize: number;
  readonly decodeMs: number;
  readonly inferMs: number;
  readonly totalMs: number;
}

/** Rejects with a GatewayError. */
export async function classify(pool: WarmPool, request: ClassifyRequest): Promise<Classification> {
  const { id, picture, onReleased, model, topK, deadlineMs, signal } = request;
  const answer = await pool.submit({
    id,
    picture,
    onReleased,
    model: model.key,
    deadlineMs: deadlineMs ?? Number.POSITIVE_INFINITY,
    signal,
  });
  const scores = rank(model.output.labels, answer.probabilities);
  const best = scores[0] as Score;
  return {
    ...best,
    scores: topK === null ? scores : scores.slice(0, topK),
    model: model.key,
    receipt: receiptOf(answer),
  };
}

function rank(labels: readonly string[], probabilities: Float32Array): readonly Score[] {
  const scores = labels.map((label, i) => ({ label, confidence: probabilities[i] as number }));
  return scores.sort((a, b) => b.confidence - a.confidence);
}

function receiptOf({ worker, kind, batchSize, binding, decodeMs, inferMs, totalMs }: PoolAnswer): Receipt {
  const { job, ...scheduling } = binding;
  return { requestId: job, worker: kind, workerId: worker, batchSize, ...scheduling, decodeMs, inferMs, totalMs };
}
