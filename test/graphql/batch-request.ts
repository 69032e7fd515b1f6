/** Uploads of batches, whole or in pieces. */
import { file, map, operations, post } from '../http/raw-http.ts';

export const CLASSIFY_BATCH = `mutation ($images: [Upload!]!, $clientBatchId: ID, $options: ClassifyOptions) {
  classifyBatch(images: $images, clientBatchId: $clientBatchId, options: $options) {
    id clientBatchId state model createdAt total done failed cancelled seq
  }
}`;

export interface BatchAnswer {
  readonly id: string;
  readonly clientBatchId: string | null;
  readonly state: string;
  readonly model: string;
  readonly createdAt: string;
  readonly total: number;
  readonly done: number;
  readonly seq: number;
}

/** The fields in front of that many files. */
export function batchHead(files: number, variables: Record<string, unknown> = {}): Buffer {
  const images = Array(files).fill(null);
  const paths = Object.fromEntries(images.map((_, i) => [i, [`variables.images.${i}`]]));
  return Buffer.concat([operations(CLASSIFY_BATCH, { images, ...variables }), map(paths)]);
}

/** Sends these files as one batch. */
export async function postBatch(url: string, files: readonly Uint8Array[], variables: Record<string, unknown> = {}) {
  const parts = files.map((bytes, i) => file(bytes, String(i)));
  const answer = await post(url, [batchHead(files.length, variables), ...parts]);
  const data = JSON.parse(answer.body).data as { classifyBatch: BatchAnswer } | null | undefined;
  return { ...answer, batch: data?.classifyBatch ?? null };
}

/** The same, of which the batch is known to be good. */
export async function upload(
  url: string,
  files: number,
  variables: Record<string, unknown> = {},
): Promise<BatchAnswer> {
  const { batch, message } = await postBatch(url, Array(files).fill(Buffer.from('a picture')), variables);
  if (!batch) throw new Error(`no batch: ${message}`);
  return batch;
}
