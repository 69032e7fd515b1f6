/** What a client asks for, in the client's words: a picture and a model's name in, labels and a receipt out. */
import type { Binding, WorkerKind } from '../core/contracts/types.ts';
import type { ModelVersion } from '../models/manifest.ts';
import type { PoolAnswer, PoolRequest, WarmPool } from './warm-pool.ts';

export interface ClassifyRequest extends Omit<PoolRequest, 'model' | 'deadlineMs' | 'onReleased'> {
  /** As the pool's; by default nothing. */
  readonly onReleased?: () => void;
  readonly model: ModelVersion;
  /** Number of scores wanted, best first; null for all. */
  readonly topK: number | null;
  /** From now, in ms; null for none. */
  readonly deadlineMs: number | null;
}

interface Score {
  readonly label: string;
  readonly confidence: number;
}

/** What a model says of a picture: the best label, and the scores of that and others, best first. */
export interface Prediction extends Score {
  readonly scores: readonly Score[];
}

export interface Classification extends Prediction {
  readonly model: string;
  readonly receipt: Receipt;
}

/** The pool's, for those who want a prediction without a receipt. */
export type Submit = WarmPool['submit'];

/** See the type of the same name in schema.graphql. */
interface Receipt extends Pick<Binding, 'queueMs' | 'predictedWaitMs' | 'coldStart' | 'spilled'> {
  readonly requestId: string;
  readonly worker: WorkerKind;
  readonly workerId: number;
  readonly reason: string;
  readonly batchSize: number;
  readonly decodeMs: number;
  readonly inferMs: number;
  readonly totalMs: number;
}

/** Rejects with a GatewayError. */
export async function classify(pool: WarmPool, request: ClassifyRequest): Promise<Classification> {
  const { model, topK, deadlineMs, ...rest } = request;
  const wishes = { model: model.key, deadlineMs: deadlineMs ?? Number.POSITIVE_INFINITY };
  const answer = await pool.submit({ onReleased: () => {}, ...rest, ...wishes });
  return { ...rank(model, answer.probabilities, topK), model: model.key, receipt: receiptOf(answer) };
}

/** `topK`: number of scores wanted; null for all. */
export function rank({ output }: ModelVersion, probabilities: Float32Array, topK: number | null): Prediction {
  const scores = output.labels.map((label, i) => ({ label, confidence: probabilities[i] as number }));
  scores.sort((a, b) => b.confidence - a.confidence);
  return { ...(scores[0] as Score), scores: topK === null ? scores : scores.slice(0, topK) };
}

function receiptOf({ worker, kind, batchSize, binding, decodeMs, inferMs, totalMs }: PoolAnswer): Receipt {
  const { job, queueMs, predictedWaitMs, coldStart, spilled } = binding;
  const reason = reasonOf(binding, worker, kind);
  const scheduling = { worker: kind, workerId: worker, reason, queueMs, predictedWaitMs, coldStart, spilled };
  return { requestId: job, ...scheduling, batchSize, decodeMs, inferMs, totalMs };
}

/** How a request came to its worker, in words. */
function reasonOf({ queueMs, spilled, retried, startReason }: Binding, worker: number, kind: WorkerKind): string {
  const how = retried ? 'retried on' : spilled ? 'bound to' : queueMs === 0 ? 'taken at once by' : 'waited for';
  const origin = kind === 'on-demand' ? `, started because ${startReason}` : '';
  return `${how} ${kind} worker ${worker}${origin}`;
}
