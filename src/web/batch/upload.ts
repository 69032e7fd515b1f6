// The upload of a batch: one multipart request for all photos, sent by the one API that tells how far it is.
import { dataOf, unanswered } from '../../client/answer.ts';
import { classifyBatchHead, UPLOAD_HEADERS, uploadForm } from '../../client/multipart.ts';
import { ENDPOINT } from '../gateway.ts';
import type { NamedFile } from './named-file.ts';

export interface UploadOptions {
  /** Chosen by the page, so that it can subscribe before the upload ends, and so that sending twice makes one batch. */
  readonly clientBatchId: string;
  /** Undefined for the gateway's default. */
  readonly model: string | undefined;
  readonly signal: AbortSignal;
  /** Share of the bytes, 0 to 1. */
  onSent(share: number): void;
}

/** Short enough for a page that answers at once. */
const SLICE_MS = 10;
/** Most characters of a name that the gateway takes. */
const MAX_NAME_LENGTH = 1024;

export async function uploadBatch(files: readonly NamedFile[], options: UploadOptions): Promise<void> {
  const { signal, onSent } = options;
  const bytes = await sizeOf(files, signal);
  const request = new XMLHttpRequest();
  const abort = () => request.abort();
  signal.addEventListener('abort', abort);
  const sent = new Promise<void>((resolve, reject) => {
    request.upload.onprogress = ({ loaded }) => onSent(Math.min(loaded / Math.max(bytes, 1), 1));
    request.onload = () => resolve();
    request.onerror = () => reject(unanswered(new Error('the upload broke off')));
    request.onabort = () => reject(signal.reason);
    signal.throwIfAborted();
    request.open('POST', ENDPOINT);
    for (const [name, value] of Object.entries(UPLOAD_HEADERS)) request.setRequestHeader(name, value);
    request.send(batchBody(files, options));
  });
  try {
    await sent;
    dataOf(request.status, request.responseText);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/**
 * The browser looks at each file on the disk when it is first asked for its size, at the latest when the request is sent, and
 * does nothing else meanwhile: with thousands of files the page would stand still for seconds. So they are asked some at a time.
 */
async function sizeOf(files: readonly NamedFile[], signal: AbortSignal): Promise<number> {
  let bytes = 0;
  let since = performance.now();
  for (const { file } of files) {
    bytes += file.size;
    if (performance.now() - since < SLICE_MS) continue;
    await new Promise((resolve) => setTimeout(resolve));
    signal.throwIfAborted();
    since = performance.now();
  }
  return bytes;
}

export function batchBody(
  files: readonly NamedFile[],
  { clientBatchId, model }: Pick<UploadOptions, 'clientBatchId' | 'model'>,
): FormData {
  // The end of a long path tells more than its beginning.
  const named = files.map(({ file, name }) => ({ file, name: name.slice(-MAX_NAME_LENGTH) }));
  return uploadForm(classifyBatchHead(files.length, clientBatchId, { model: model ?? null }), named);
}
