/** Asks a gateway, from Node and from browsers: queries, one photo, and what becomes of a batch. */
import { createClient } from 'graphql-sse';
import { dataOf, failureOf, RequestFailure, unanswered } from './answer.ts';
import { classifyHead, UPLOAD_HEADERS, uploadForm } from './multipart.ts';
import type * as Schema from './schema.generated.ts';

export type Receipt = Omit<Schema.Receipt, 'spilled'>;
export type Classification = Omit<Schema.Classification, 'receipt'> & { readonly receipt: Receipt };
export type Model = Omit<Schema.Model, 'engine'>;
export type Batch = Pick<Schema.Batch, 'state' | 'total' | 'done' | 'failed' | 'cancelled' | 'seq'>;
/** Scores are there only if they were asked for. */
export type BatchItem = Omit<Schema.BatchItem, 'scores'> & Partial<Pick<Schema.BatchItem, 'scores'>>;
/** Numbered without a gap, unless the gateway put a snapshot in place of events that were not read in time. */
export type BatchEvent = Omit<Schema.BatchProgress, 'item'> & { readonly item: BatchItem | null };

export interface ItemPage extends Pick<Schema.Batch, 'state' | 'total' | 'seq'> {
  readonly items: { readonly nodes: readonly BatchItem[]; readonly next: string | null };
}

export interface BatchListener {
  take(event: BatchEvent): void;
  /** Called with every sign of life: there may be nothing to tell of the batch for long. */
  isThere(): void;
}

export interface GatewayClientOptions {
  /** Where GraphQL is answered; a page may give it relative to its own address. */
  readonly endpoint: URL | string;
  /** Sent with each query: the admin's, for example. */
  readonly token?: string | null;
  /** Longest time to the answer to a query, in ms. */
  readonly timeoutMs: number;
  /** Ends every query. */
  readonly signal?: AbortSignal;
}

/** The gateway gives a sign of life every 12 s; after that long without one the connection is dead, which nothing else tells. */
const SILENCE_MS = 20_000;

const ITEM = 'index name status label confidence error { code message }';

const ITEMS = `query Items($id: ID!, $after: String, $scores: Boolean!) {
  batch(id: $id) { state total seq items(first: 1000, after: $after) {
    nodes { ${ITEM} scores @include(if: $scores) { label confidence } } next
  } }
}`;

const PROGRESS = `subscription BatchProgress($id: ID!, $after: Int) {
  batchProgress(id: $id, after: $after) { seq state total done failed item { ${ITEM} } }
}`;

/** Where a gateway at this address answers GraphQL. */
export function endpointOf(url: URL): URL {
  return new URL('graphql', url.href.endsWith('/') ? url : `${url.href}/`);
}

/** Whatever goes wrong, the methods reject with a RequestFailure; if `signal` is aborted, with its reason. */
export class GatewayClient {
  readonly #options: GatewayClientOptions;

  constructor(options: GatewayClientOptions) {
    this.#options = options;
  }

  query<Data>(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Data> {
    const { token, timeoutMs, signal } = this.#options;
    const overdue = AbortSignal.timeout(timeoutMs);
    return this.#post({
      body: JSON.stringify({ query, variables }),
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      signal: signal ? AbortSignal.any([signal, overdue]) : overdue,
    });
  }

  async classify(photo: File, options: Schema.ClassifyOptions, signal: AbortSignal): Promise<Classification> {
    const body = uploadForm(classifyHead(options), [{ file: photo, name: photo.name }]);
    const { classify } = await this.#post<{ classify: Classification }>({ body, headers: UPLOAD_HEADERS, signal });
    return classify;
  }

  async models(): Promise<readonly Model[]> {
    return (await this.query<{ models: Model[] }>('{ models { name version aliases labels default } }')).models;
  }

  async pool(): Promise<Schema.PoolSummary> {
    const query = '{ pool { reserved reservedBusy onDemand onDemandBusy queued } }';
    return (await this.query<{ pool: Schema.PoolSummary }>(query)).pool;
  }

  /** Null if there is none (any more). */
  async findBatch(id: string): Promise<Batch | null> {
    const query = 'query Batch($id: ID!) { batch(id: $id) { state total done failed cancelled seq } }';
    return (await this.query<{ batch: Batch | null }>(query, { id })).batch;
  }

  /** Fails with BATCH_NOT_FOUND if there is none (any more). */
  async itemPage(id: string, after: string | null, scores = false): Promise<ItemPage> {
    const { batch } = await this.query<{ batch: ItemPage | null }>(ITEMS, { id, after, scores });
    if (!batch) throw batchGone();
    return batch;
  }

  /** With their scores, in the order of the upload. */
  async *batchItems(id: string): AsyncGenerator<BatchItem> {
    for (let after: string | null = null; ; ) {
      const { items }: ItemPage = await this.itemPage(id, after, true);
      yield* items.nodes;
      after = items.next;
      if (after === null) return;
    }
  }

  async cancelBatch(id: string): Promise<void> {
    await this.query('mutation CancelBatch($id: ID!) { cancelBatch(id: $id) { state } }', { id });
  }

  /** Resolves when the gateway says that there is no more to come, and when `signal` is aborted. */
  listen(id: string, after: number, listener: BatchListener, signal: AbortSignal): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      let isOver = false;
      let silence: ReturnType<typeof setTimeout>;
      const fail = (error: unknown) => end(() => reject(error));
      function awaitLife(): void {
        clearTimeout(silence);
        silence = setTimeout(() => fail(unanswered(new Error(`nothing heard for ${SILENCE_MS} ms`))), SILENCE_MS);
      }
      const client = createClient({
        url: `${this.#options.endpoint}/stream`,
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
            if (error) return fail(failureOf(error));
            if (data && !signal.aborted) listener.take(data.batchProgress);
          },
          error: (error) => fail(unanswered(error)),
          complete: stop,
        },
      );
    });
  }

  async #post<Data>(request: RequestInit): Promise<Data> {
    try {
      const response = await fetch(this.#options.endpoint, { ...request, method: 'POST' });
      return dataOf(response.status, await response.text());
    } catch (error) {
      throw this.#options.signal?.aborted || error instanceof RequestFailure ? error : unanswered(error);
    }
  }
}

export function batchGone(): RequestFailure {
  return new RequestFailure('BATCH_NOT_FOUND', 'The gateway no longer has the batch.');
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
