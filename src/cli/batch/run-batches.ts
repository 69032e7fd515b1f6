/** Brings all files to their results, one batch after the other: what the gateway has is not sent again, but waited for. */
import { setTimeout as pause } from 'node:timers/promises';
import { type Batch, type BatchItem, batchGone } from '../../client/gateway-client.ts';
import { Retries, type RetryOptions } from '../../client/retries.ts';
import { formatNumber } from '../../lab/report/format.ts';
import { ConfigError } from '../../settings/setting.ts';
import type { Display } from '../display.ts';
import type { BatchClient } from './batch-client.ts';
import { type BatchRequest, nameOf } from './body.ts';
import type { BatchIds } from './ids.ts';
import { type Entry, isPicture, type PictureFile } from './pictures.ts';
import { cancelledResult, type FileResult, resultOf, unsentResult } from './results.ts';

export interface RunOptions extends RetryOptions, Pick<BatchRequest, 'model' | 'topK'> {
  readonly client: BatchClient;
  readonly display: Display;
  readonly ids: BatchIds;
}

export interface OneBatch extends Omit<RunOptions, 'ids' | 'model' | 'topK'> {
  readonly request: BatchRequest;
  readonly pictures: readonly PictureFile[];
  /** Put before the names of its steps. */
  readonly title: string;
}

/** Between two looks at a batch of which no event comes. */
const LOOK_MS = 1000;
const MB = 1e6;

/** Of each file, in their order. Throws a RequestFailure, a ConfigError or the signal's reason. */
export async function* runBatches(batches: readonly Entry[][], options: RunOptions): AsyncGenerator<FileResult> {
  const { ids, client, display, model, topK, signal } = options;
  for (const [number, entries] of batches.entries()) {
    const title = batches.length === 1 ? '' : `Batch ${number + 1} of ${batches.length}: `;
    const pictures = entries.filter(isPicture);
    let items: AsyncGenerator<BatchItem> | null = null;
    if (pictures.length > 0) {
      const request = { clientBatchId: await ids.idOf(number, pictures), model, topK };
      requireFiles(await completeBatch({ ...options, request, pictures, title }), pictures.length);
      display.clear();
      items = client.batchItems(request.clientBatchId);
    }
    for (const entry of entries) {
      signal.throwIfAborted();
      yield isPicture(entry) ? await nextResult(entry, items) : unsentResult(entry);
    }
  }
}

/** One that was cancelled may have been so before all pictures were there. */
function requireFiles({ state, total }: Batch, count: number): void {
  if (total > count || (total < count && state === 'COMPLETED')) throw otherFiles(`${total} instead of ${count}`);
}

async function nextResult(picture: PictureFile, items: AsyncGenerator<BatchItem> | null): Promise<FileResult> {
  const item = (await items?.next())?.value as BatchItem | undefined;
  if (!item) return cancelledResult(picture);
  const name = nameOf(picture);
  if (item.name === name) return resultOf(picture, item);
  throw otherFiles(`${JSON.stringify(item.name)} in the place of ${JSON.stringify(name)}`);
}

function otherFiles(difference: string): ConfigError {
  return new ConfigError(`The batch of this --id has other files: ${difference}. Choose another id for these.`);
}

/** The batch, completed or cancelled. */
export async function completeBatch(batch: OneBatch): Promise<Batch> {
  const { client, request, pictures } = batch;
  const retries = new Retries(batch);
  for (let isUploaded = false; ; ) {
    const ended = await follow(batch);
    if (ended) return ended;
    if (isUploaded) throw batchGone();
    try {
      await client.upload(pictures, request, showUpload(batch));
      isUploaded = true;
    } catch (error) {
      await retries.after(error);
    }
  }
}

/** To its end; null if the gateway does not have it. */
async function follow({ client, request, display, title, signal }: OneBatch): Promise<Batch | null> {
  const { clientBatchId: id } = request;
  const show = (progress: Progress) => display.show(classifying(progress, title));
  for (let isToldOf = false; ; ) {
    const batch = await client.findBatch(id);
    if (batch && batch.state !== 'ACCEPTING') show(batch);
    if (!batch || hasEnded(batch)) return batch;
    if (batch.state === 'ACCEPTING' && !isToldOf) {
      isToldOf = true;
      display.say(`${title}An earlier upload has not ended yet: waiting for it.`);
    }
    let isHeard = false;
    const take = (event: Progress) => {
      isHeard = true;
      show(event);
    };
    // Why nothing more is heard does not matter: only a look at the batch tells where it is then.
    await client.listen(id, batch.seq, { take, isThere: () => {} }, signal).catch(() => {});
    if (!isHeard) await pause(LOOK_MS, undefined, { signal });
  }
}

function hasEnded({ state, total, done, failed, cancelled }: Batch): boolean {
  return state === 'COMPLETED' || (state === 'CANCELLED' && done + failed + cancelled === total);
}

type Progress = Pick<Batch, 'total' | 'done' | 'failed'>;

function classifying({ total, done, failed }: Progress, title: string) {
  const ended = done + failed;
  const text = `${ofPhotos(ended, total)}${failed === 0 ? '' : `, ${formatNumber(failed, 0)} failed`}`;
  return { name: `${title}Classifying`, done: ended, total, text };
}

function showUpload({ pictures, display, title }: OneBatch) {
  const total = pictures.reduce((sum, { size }) => sum + size, 0);
  return (files: number, bytes: number) => {
    const megabytes = `${formatNumber(bytes / MB, 1)} of ${formatNumber(total / MB, 1)} MB`;
    const text = `${ofPhotos(files, pictures.length)}, ${megabytes}`;
    display.show({ name: `${title}Uploading`, done: bytes, total, text });
  };
}

function ofPhotos(count: number, total: number): string {
  return `${formatNumber(count, 0)} of ${formatNumber(total, 0)} photos`;
}
