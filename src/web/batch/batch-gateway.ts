// What the page asks the gateway about a batch: its items page by page, its events as they come, and to cancel it.
import { createClient } from 'graphql-sse';
import { ENDPOINT, failureOf, GatewayFailure, noAnswer, query } from '../gateway.ts';

export type BatchState = 'ACCEPTING' | 'RUNNING' | 'COMPLETED' | 'CANCELLED';

type ItemStatus = 'QUEUED' | 'RUNNING' | 'DONE' | 'FAILED' | 'CANCELLED';

interface ItemError {
  readonly code: string;
  readonly message: string;
}

export interface BatchItem {
  readonly index: number;
  readonly name: string;
  readonly status: ItemStatus;
  readonly label: string | null;
  readonly confidence: number | null;
  readonly error: ItemError | null;
}

/** Numbered without a gap, unless the gateway put a snapshot in place of events that were not read in time. */
export interface BatchEvent {
  readonly seq: number;
  readonly state: BatchState;
  readonly total: number;
  readonly item: BatchItem | null;
}

export interface ItemPage {
  readonly state: BatchState;
  readonly total: number;
  readonly seq: number;
  readonly items: { readonly nodes: readonly BatchItem[]; readonly next: string | null };
}

const ITEM = 'index name status label confidence error { code message }';

const PAGE = `query Batch($id: ID!, $after: String) {
  batch(id: $id) { state total seq items(first: 1000, after: $after) { nodes { ${ITEM} } next } }
}`;

const CANCEL = 'mutation CancelBatch($id: ID!) { cancelBatch(id: $id) { state } }';

const PROGRESS = `subscription BatchProgress($id: ID!, $after: Int) {
  batchProgress(id: $id, after: $after) { seq state total item { ${ITEM} } }
}`;

/** After that long without an event the connection may be dead, which nothing else tells. Asking anew costs little. */
const SILENCE_MS = 20_000;

/** Rejects with BATCH_NOT_FOUND if there is none (any more). */
export async function fetchItems(id: string, after: string | null): Promise<ItemPage> {
  const { batch } = await query<{ batch: ItemPage | null }>(PAGE, { id, after });
  if (!batch) throw new GatewayFailure('BATCH_NOT_FOUND', 'The gateway has no such batch.');
  return batch;
}

export async function cancelBatch(id: string): Promise<void> {
  await query(CANCEL, { id });
}

/** Resolves when the gateway says that there is no more to come, and when `signal` is aborted. */
export function listen(
  id: string,
  after: number,
  take: (event: BatchEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    // Its own attempts to come back would ask for the same `after` again.
    const client = createClient({ url: `${ENDPOINT}/stream`, retryAttempts: 0 });
    let silence: ReturnType<typeof setTimeout>;
    function awaitEvent(): void {
      clearTimeout(silence);
      silence = setTimeout(() => end(() => reject(noAnswer())), SILENCE_MS);
    }
    function end(settle: () => void): void {
      clearTimeout(silence);
      signal.removeEventListener('abort', stop);
      settle();
      client.dispose();
    }
    const stop = () => end(resolve);
    signal.addEventListener('abort', stop);
    awaitEvent();
    client.subscribe<{ batchProgress: BatchEvent }>(
      { query: PROGRESS, variables: { id, after } },
      {
        next({ data, errors }) {
          const error = errors?.[0];
          if (error) return end(() => reject(failureOf(error)));
          awaitEvent();
          if (data && !signal.aborted) take(data.batchProgress);
        },
        error: () => end(() => reject(noAnswer())),
        complete: () => end(resolve),
      },
    );
  });
}
