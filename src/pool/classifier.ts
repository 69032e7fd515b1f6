/** What a client asks for, in the client's words: a picture and a model's name in, labels and a receipt out. */
import type { Binding, Priority, WorkerKind } from '../core/contracts/types.ts';
import type { ModelVersion } from '../models/manifest.ts';
import type { Picture } from '../worker/picture.ts';
import type { PoolAnswer, WarmPool } from './warm-pool.ts';

export interface ClassifyRequest {
  readonly id: string;
  readonly picture: Picture;
  /** Called once, when no worker reads the picture any more; that can be after the answer. */
  readonly onReleased?: () => void;
  readonly model: ModelVersion;
  readonly priority: Priority;
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
  const { id, picture, onReleased = () => {}, model, priority, topK, deadlineMs, signal } = request;
  const answer = await pool.submit({
    id,
    picture,
    onReleased,
    model: model.key,
    priority,
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
