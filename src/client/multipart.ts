/** Uploads as the GraphQL multipart request specification says: `operations`, then `map`, then the files. */
import type { ClassifyOptions } from './schema.generated.ts';

/** Makes an upload a request that no foreign page can send without asking. */
export const UPLOAD_HEADERS = { 'apollo-require-preflight': 'true' };

/** The first two parts, which say what is to be done with the files. */
export interface UploadHead {
  readonly operations: string;
  readonly map: string;
}

export interface NamedBlob {
  readonly name: string;
  readonly file: Blob;
}

export const CLASSIFY = `mutation Classify($image: Upload!, $options: ClassifyOptions) {
  classify(image: $image, options: $options) {
    label confidence scores { label confidence } model
    receipt { requestId worker workerId coldStart reason batchSize queueMs decodeMs inferMs totalMs predictedWaitMs }
  }
}`;

export function classifyHead(options: ClassifyOptions | null, query = CLASSIFY): UploadHead {
  return {
    operations: JSON.stringify({ query, variables: { image: null, options } }),
    map: JSON.stringify({ 0: ['variables.image'] }),
  };
}

export function classifyBatchHead(count: number, clientBatchId: string, options: ClassifyOptions): UploadHead {
  const query = `mutation ClassifyBatch($images: [Upload!]!, $clientBatchId: ID, $options: ClassifyOptions) {
  classifyBatch(images: $images, clientBatchId: $clientBatchId, options: $options) { id }
}`;
  const images = Array<null>(count).fill(null);
  return {
    operations: JSON.stringify({ query, variables: { images, clientBatchId, options } }),
    map: JSON.stringify(Object.fromEntries(images.map((_, i) => [i, [`variables.images.${i}`]]))),
  };
}

/** The gateway reads the parts as a stream, so that they must stand in this order. */
export function uploadForm({ operations, map }: UploadHead, files: readonly NamedBlob[]): FormData {
  const form = new FormData();
  form.append('operations', operations);
  form.append('map', map);
  for (const [i, { file, name }] of files.entries()) form.append(String(i), file, name);
  return form;
}
