/** The uploads of this process: how one begins, how many there are at once, and that a failed one leaves nothing behind. */
import { randomUUID } from 'node:crypto';
import { GatewayError } from '../../core/contracts/errors.ts';
import type { EventSink } from '../../core/contracts/ports.ts';
import { MAX_ECHO } from '../refusals.ts';
import type { BatchStore, NewBatch } from '../store.ts';
import type { Batch } from '../types.ts';
import type { SpoolCleaner } from './cleaner.ts';
import type { Spool } from './spool.ts';
import { BatchUpload, type UploadLimits } from './upload.ts';
import { SpoolWriter } from './writer.ts';

/** What a client says of its batch. */
export type NewBatchRequest = Pick<NewBatch, 'clientBatchId' | 'model' | 'topK'>;

export interface UploadsOptions extends UploadLimits {
  /** Most uploads at the same time. */
  readonly maxUploads: number;
}

export interface UploadsParts {
  readonly store: BatchStore;
  readonly spool: Spool;
  readonly cleaner: Pick<SpoolCleaner, 'follow'>;
  /** Ms since the epoch. */
  readonly wallClock: () => number;
  readonly events: EventSink;
  readonly options: UploadsOptions;
}

/** The client's id opens a batch like the batch's own id, so it must not be easy to guess. */
const CLIENT_BATCH_ID = /^[A-Za-z0-9_-]{16,128}$/;
const BAD_FORM = 'must be 16 to 128 characters of A-Z, a-z, 0-9, _ and -, such as a UUID';
/** When coming back is worth it while others upload, in ms. */
const RETRY_AFTER_MS = 1000;

export class Uploads {
  readonly #parts: UploadsParts;
  readonly #open = new Set<BatchUpload>();
  /** Uploads whose batch is being created. */
  readonly #beginning = new Set<Promise<unknown>>();
  /** Batches whose upload failed while the store was out of reach. */
  readonly #left = new Set<string>();
  #closed = false;

  constructor(parts: UploadsParts) {
    this.#parts = parts;
  }

  /** The batch that has the client batch id already, or an upload, which must be completed or aborted. */
  async begin(request: NewBatchRequest): Promise<BatchUpload | Batch> {
    const { clientBatchId } = request;
    if (clientBatchId !== null) {
      if (!CLIENT_BATCH_ID.test(clientBatchId)) throw badId(clientBatchId, BAD_FORM);
      const known = await this.#parts.store.find(clientBatchId);
      if (known && known.clientBatchId !== clientBatchId) throw badId(clientBatchId, 'is the id of another batch');
      if (known && known.state !== 'accepting') return known;
    }
    if (this.#closed) throw new GatewayError('OVERLOADED', 'The gateway is shutting down.');
    const { maxUploads } = this.#parts.options;
    const uploads = this.#open.size + this.#beginning.size;
    if (uploads >= maxUploads) {
      const message = `${uploads} of at most ${maxUploads} batches are being uploaded.`;
      throw new GatewayError('OVERLOADED', message, RETRY_AFTER_MS);
    }
    const beginning = this.#create(request);
    this.#beginning.add(beginning);
    return beginning.finally(() => this.#beginning.delete(beginning));
  }

  /** Discards what could not be discarded when it failed. */
  async tidy(): Promise<void> {
    for (const batchId of this.#left) await this.#discard(batchId);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#beginning);
    await Promise.all([...this.#open].map((upload) => upload.abort()));
  }

  async #create({ clientBatchId, model, topK }: NewBatchRequest): Promise<BatchUpload | Batch> {
    const { store, wallClock } = this.#parts;
    const newBatch = { id: randomUUID(), clientBatchId, model, topK, createdAt: wallClock() };
    let { batch, created } = await store.create(newBatch);
    if (!created && this.#left.has(batch.id)) {
      await this.#discard(batch.id);
      ({ batch, created } = await store.create(newBatch));
    }
    if (created) return this.#upload(batch);
    if (batch.state !== 'accepting') return batch;
    throw badId(clientBatchId as string, 'belongs to a batch that is being uploaded');
  }

  async #upload(batch: Batch): Promise<BatchUpload> {
    const { store, spool, options } = this.#parts;
    const discard = () => this.#discard(batch.id);
    const file = await spool.create(batch.id).catch(async (error) => {
      await discard();
      throw error;
    });
    const writer = new SpoolWriter(batch.id, file, store);
    const onEnd = () => this.#open.delete(upload);
    const upload = new BatchUpload({ batch, store, writer, limits: options, discard, onEnd });
    this.#open.add(upload);
    return upload;
  }

  /** Never rejects: the upload's own error matters more. What cannot be done now is done later. */
  async #discard(batchId: string): Promise<void> {
    const { store, spool, cleaner, events } = this.#parts;
    try {
      const batch = await store.find(batchId);
      if (batch && batch.state !== 'accepting') {
        // It was cancelled, or it was sealed and only the answer was lost: a client that asks again is given the batch.
        cleaner.follow(batchId);
      } else {
        // On a full disk the store has room to forget the batch only when its pictures are gone.
        await spool.remove(batchId);
        if (batch) await store.discard(batchId);
      }
      this.#left.delete(batchId);
    } catch (error) {
      this.#left.add(batchId);
      if (!(error instanceof GatewayError)) events.emit({ type: 'internalError', error });
    }
  }
}

function badId(clientBatchId: string, why: string): GatewayError {
  const quoted = JSON.stringify(clientBatchId.slice(0, MAX_ECHO));
  return new GatewayError('BAD_USER_INPUT', `clientBatchId ${quoted} ${why}.`);
}
