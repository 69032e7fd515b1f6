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

export interface BatchListener {
  take(event: BatchEvent): void;
  /** Called with every sign of life: there may be nothing to tell of the batch for long. */
  isThere(): void;
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

/** The gateway gives a sign of life every 12 s; after that long without one the connection is dead, which nothing else tells. */
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
export function listen(id: string, after: number, listener: BatchListener, signal: AbortSignal): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    let isOver = false;
    let silence: ReturnType<typeof setTimeout>;
    function awaitLife(): void {
      clearTimeout(silence);
      silence = setTimeout(() => end(() => reject(noAnswer())), SILENCE_MS);
    }
    const client = createClient({
      url: `${ENDPOINT}/stream`,
      // Its own attempts to come back would ask for the same `after` again.
      retryAttempts: 0,
      fetchFn: async (...request: Parameters<typeof fetch>) =>
        overheard(await fetch(...request), () => {
          if (isOver) return;
          awaitLife();
          listener.isThere();
        }),
    });
    function end(settle: () => void): void {
      isOver = true;
      clearTimeout(silence);
      signal.removeEventListener('abort', stop);
      settle();
      client.dispose();
    }
    const stop = () => end(resolve);
    signal.addEventListener('abort', stop);
    awaitLife();
    client.subscribe<{ batchProgress: BatchEvent }>(
      { query: PROGRESS, variables: { id, after } },
      {
        next({ data, errors }) {
          const error = errors?.[0];
          if (error) return end(() => reject(failureOf(error)));
          if (data && !signal.aborted) listener.take(data.batchProgress);
        },
        error: () => end(() => reject(noAnswer())),
        complete: () => end(resolve),
      },
    );
  });
}

/** Calls `hear` for each part of the stream, even those that are no event. */
function overheard(response: Response, hear: () => void): Response {
  if (!response.ok || !response.body) return response;
  const parts = new TransformStream<Uint8Array, Uint8Array>({
    transform(part, stream) {
      hear();
      stream.enqueue(part);
    },
  });
  return new Response(response.body.pipeThrough(parts), response);
}
