// Sends the photos of a batch until the gateway has them all. It keeps nothing of an upload that breaks off, as when the
// network goes away or the gateway is restarted; so they are sent again, under the same id, once it can be reached.
import type { ItemPage } from '../../client/gateway-client.ts';
import { asFailure } from '../gateway.ts';
import type { NamedFile } from './named-file.ts';
import { pause } from './pause.ts';
import type { UploadOptions } from './upload.ts';

export interface DeliveryPorts {
  uploadBatch(files: readonly NamedFile[], options: UploadOptions): Promise<void>;
  fetchItems(id: string, after: string | null): Promise<ItemPage>;
}

export interface DeliveryOptions extends DeliveryPorts {
  readonly files: readonly NamedFile[];
  readonly upload: UploadOptions;
  /** They may have been sent before, so the gateway is asked first. */
  readonly isRepeated: boolean;
  /** The gateway has nothing: the batch is made anew. */
  onAgain(): void;
}

const PAUSE_MS = 1000;
/** A photo that cannot be read any more breaks every upload, and looks like a lost connection. */
export const MOST_UPLOADS = 5;

/** Resolves once the gateway has the batch, whatever has become of it there. Rejects with a RequestFailure, or if it is aborted. */
export async function deliver(options: DeliveryOptions): Promise<void> {
  const { files, upload, isRepeated, uploadBatch, onAgain } = options;
  if (isRepeated && (await hasArrived(options))) return;
  for (let uploads = 1; ; uploads++) {
    try {
      return await uploadBatch(files, upload);
    } catch (error) {
      if (upload.signal.aborted || uploads === MOST_UPLOADS || !asFailure(error).isBrokenOff) throw error;
    }
    if (await hasArrived(options)) return;
    await pause(PAUSE_MS, upload.signal);
    onAgain();
  }
}

/** Also says so if the answer alone was lost. Asks until the gateway answers, and has ended what it holds of an upload. */
async function hasArrived({ fetchItems, upload }: DeliveryOptions): Promise<boolean> {
  const { clientBatchId, signal } = upload;
  for (;;) {
    signal.throwIfAborted();
    try {
      const { state } = await fetchItems(clientBatchId, null);
      if (state !== 'ACCEPTING') return true;
    } catch (error) {
      if (asFailure(error).code === 'BATCH_NOT_FOUND') return false;
    }
    await pause(PAUSE_MS, signal);
  }
}
