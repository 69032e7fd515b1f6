/** One batch: uploaded from disk while the server works on it, and followed to its end. */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { BatchBody } from '../../src/cli/batch/body.ts';
import type { PictureFile } from '../../src/cli/batch/pictures.ts';
import { send } from '../../src/cli/batch/send.ts';
import { dataOf } from '../../src/client/answer.ts';
import { query } from '../support/graphql-client.ts';
import type { ServerProcess } from './server-process.ts';

export interface BatchResult {
  readonly uploadSeconds: number;
  readonly seconds: number;
  /** Photos that were classified when the last one had arrived. */
  readonly doneAtUpload: number;
  readonly failed: number;
  /** Of the server, all its threads. */
  readonly cpuMs: number;
  readonly highestRssMB: number;
  /** Longest time in which the server's event loop took up no message. */
  readonly longestDelayMs: number;
}

interface BatchView {
  readonly state: 'ACCEPTING' | 'RUNNING' | 'COMPLETED' | 'CANCELLED';
  readonly done: number;
  readonly failed: number;
}

/** From one look at the batch and the server to the next, in ms: they must not cost what is measured. */
const LOOK_MS = 100;

/** Null if `signal` has ended it early. */
export async function runBatch(
  server: ServerProcess,
  photos: readonly PictureFile[],
  signal: AbortSignal,
): Promise<BatchResult | null> {
  const run = new BatchRun(server, signal);
  const before = await server.usage();
  try {
    const upload = run.upload(photos);
    const [uploaded, watched] = await Promise.all([upload, run.watch(upload)]);
    const { cpuMs } = await server.usage();
    return { ...uploaded, ...watched, cpuMs: cpuMs - before.cpuMs };
  } catch (error) {
    if (!signal.aborted) throw error;
    await run.cancel();
    return null;
  }
}

export class BatchRun {
  /** The client's own for the batch. */
  readonly id = randomUUID();
  readonly #server: ServerProcess;
  readonly #signal: AbortSignal;
  readonly #startedAt = performance.now();

  constructor(server: ServerProcess, signal: AbortSignal) {
    this.#server = server;
    this.#signal = signal;
  }

  async upload(photos: readonly PictureFile[]) {
    const body = new BatchBody(photos, { clientBatchId: this.id, model: null, topK: null });
    const endpoint = new URL('/graphql', this.#server.url);
    const { status, text } = await send(body, { endpoint, signal: this.#signal, onSent: () => {} });
    const uploadSeconds = this.#seconds();
    dataOf(status, text);
    return { uploadSeconds, doneAtUpload: (await this.look())?.done ?? 0 };
  }

  /** To its end. Rejects if `upload` does: then there is none. */
  async watch(upload: Promise<unknown>) {
    let highestRssMB = 0;
    let longestDelayMs = 0;
    for (;;) {
      const asked = performance.now();
      const { rssBytes } = await this.#server.usage();
      longestDelayMs = Math.max(longestDelayMs, performance.now() - asked);
      highestRssMB = Math.max(highestRssMB, rssBytes / 2 ** 20);
      const { state, failed = 0 } = (await this.look()) ?? {};
      if (state === 'COMPLETED') return { seconds: this.#seconds(), failed, highestRssMB, longestDelayMs };
      const pause = wait(LOOK_MS, undefined, { signal: this.#signal });
      await Promise.race([pause, upload.then(() => pause)]);
    }
  }

  async cancel(): Promise<void> {
    await query(this.#server.url, 'mutation ($id: ID!) { cancelBatch(id: $id) { state } }', { id: this.id });
  }

  /** Null until the upload has begun. */
  async look(): Promise<BatchView | null> {
    const text = 'query ($id: ID!) { batch(id: $id) { state done failed } }';
    const { data } = await query<{ batch: BatchView | null }>(this.#server.url, text, { id: this.id });
    return data?.batch ?? null;
  }

  #seconds(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }
}
