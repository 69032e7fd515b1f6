/** What becomes of all files, in their order, one batch after the other. */
import { ConfigError } from '../../settings/setting.ts';
import { type BatchRequest, nameOf } from './body.ts';
import type { BatchItem } from './gateway-client.ts';
import type { BatchIds } from './ids.ts';
import { type Entry, isPicture, type Picture } from './pictures.ts';
import { cancelledRow, type Row, rowOf, unsentRow } from './rows.ts';
import { type Settlement, settle } from './settle.ts';

export interface ResultsOptions
  extends Omit<Settlement, 'pictures' | 'request' | 'title'>,
    Pick<BatchRequest, 'model' | 'topK'> {
  readonly ids: BatchIds;
}

export interface BatchLimits {
  readonly maxFiles: number;
  readonly maxBytes: number;
}

/** As few batches as the limits allow, of files that follow each other. */
export function split(entries: readonly Entry[], { maxFiles, maxBytes }: BatchLimits): Entry[][] {
  const batches: Entry[][] = [];
  let [files, bytes] = [maxFiles, 0];
  for (const entry of entries) {
    const size = isPicture(entry) ? entry.size : 0;
    if (files === maxFiles || bytes + size > maxBytes) {
      batches.push([]);
      [files, bytes] = [0, 0];
    }
    batches.at(-1)?.push(entry);
    files++;
    bytes += size;
  }
  return batches;
}

/** Throws Refusal, LocalFailure, ConfigError or the signal's reason. */
export async function* resultsOf(batches: readonly Entry[][], options: ResultsOptions): AsyncGenerator<Row> {
  for (const [number, entries] of batches.entries()) {
    const title = batches.length === 1 ? '' : `Batch ${number + 1} of ${batches.length}: `;
    const pictures = entries.filter(isPicture);
    const items = pictures.length === 0 ? null : await itemsOf(number, pictures, title, options);
    for (const entry of entries) {
      options.signal.throwIfAborted();
      yield isPicture(entry) ? await nextRow(entry, items) : unsentRow(entry);
    }
  }
}

async function itemsOf(
  number: number,
  pictures: readonly Picture[],
  title: string,
  options: ResultsOptions,
): Promise<AsyncGenerator<BatchItem>> {
  const { ids, client, display, model, topK } = options;
  const request = { clientBatchId: await ids.idOf(number, pictures), model, topK };
  const { state, total } = await settle({ ...options, request, pictures, title });
  // One that was cancelled may have been so before all pictures were there.
  if (total > pictures.length || (total < pictures.length && state === 'COMPLETED')) {
    throw otherFiles(`${total} instead of ${pictures.length}`);
  }
  display.clear();
  return client.items(request.clientBatchId);
}

async function nextRow(picture: Picture, items: AsyncGenerator<BatchItem> | null): Promise<Row> {
  const item = (await items?.next())?.value as BatchItem | undefined;
  if (!item) return cancelledRow(picture);
  const name = nameOf(picture);
  if (item.name === name) return rowOf(picture, item);
  throw otherFiles(`${JSON.stringify(item.name)} in the place of ${JSON.stringify(name)}`);
}

function otherFiles(difference: string): ConfigError {
  return new ConfigError(`The batch of this --id has other files: ${difference}. Choose another id for these.`);
}
