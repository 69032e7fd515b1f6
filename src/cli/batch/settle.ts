/** Brings one batch to its end: what the gateway has of it is not sent again, but waited for. */
import { setTimeout as pause } from 'node:timers/promises';
import { formatNumber } from '../../lab/report/format.ts';
import type { BatchRequest } from './body.ts';
import type { Display } from './display.ts';
import { type Batch, type BatchEvent, batchGone, type GatewayClient } from './gateway-client.ts';
import type { Picture } from './pictures.ts';
import { Retries, type RetryOptions } from './retries.ts';

export interface Settlement extends RetryOptions {
  readonly client: GatewayClient;
  readonly request: BatchRequest;
  readonly pictures: readonly Picture[];
  readonly display: Display;
  /** Put before the names of its steps. */
  readonly title: string;
}

/** Between two looks at a batch of which no event comes. */
const LOOK_MS = 1000;
const MB = 1e6;

/** The batch, completed or cancelled. Throws Refusal, LocalFailure, ConfigError or the signal's reason. */
export async function settle(settlement: Settlement): Promise<Batch> {
  const { client, request, pictures } = settlement;
  const retries = new Retries(settlement);
  for (let isUploaded = false; ; ) {
    const batch = await follow(settlement);
    if (batch) return batch;
    if (isUploaded) throw batchGone();
    try {
      await client.upload(pictures, request, showUpload(settlement));
      isUploaded = true;
    } catch (error) {
      await retries.after(error);
    }
  }
}

/** To its end; null if the gateway does not have it. */
async function follow({ client, request, display, title, signal }: Settlement): Promise<Batch | null> {
  const { clientBatchId: id } = request;
  const show = (batch: BatchEvent) => display.show(classifying(batch, title));
  for (let isToldOf = false; ; ) {
    const batch = await client.find(id);
    if (batch && batch.state !== 'ACCEPTING') show(batch);
    if (!batch || hasEnded(batch)) return batch;
    if (batch.state === 'ACCEPTING' && !isToldOf) {
      isToldOf = true;
      display.say(`${title}An earlier upload has not ended yet: waiting for it.`);
    }
    const isAlive = await client.listen(id, batch.seq, show);
    if (!isAlive) await pause(LOOK_MS, undefined, { signal });
  }
}

function hasEnded({ state, total, done, failed, cancelled }: Batch): boolean {
  return state === 'COMPLETED' || (state === 'CANCELLED' && done + failed + cancelled === total);
}

function classifying({ total, done, failed }: BatchEvent, title: string) {
  const ended = done + failed;
  const text = `${ofPhotos(ended, total)}${failed === 0 ? '' : `, ${formatNumber(failed, 0)} failed`}`;
  return { name: `${title}Classifying`, done: ended, total, text };
}

function showUpload({ pictures, display, title }: Settlement) {
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
