/** What the command asks the gateway. */
import { createClient } from 'graphql-sse';
import { endpointOf } from '../../lab/loadtest/gateway-query.ts';
import { ConfigError } from '../../settings/setting.ts';
import { BatchBody, type BatchRequest, type OnSent } from './body.ts';
import type { Picture } from './pictures.ts';
import { dataOf, NO_ANSWER, Refusal, unanswered } from './refusal.ts';
import { Retries, type RetryOptions } from './retries.ts';
import { send } from './send.ts';

export interface Batch {
  readonly state: 'ACCEPTING' | 'RUNNING' | 'COMPLETED' | 'CANCELLED';
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly seq: number;
}

export type BatchEvent = Pick<Batch, 'state' | 'total' | 'done' | 'failed'>;

export interface BatchItem {
  readonly name: string;
  readonly status: 'QUEUED' | 'RUNNING' | 'DONE' | 'FAILED' | 'CANCELLED';
  readonly label: string | null;
  readonly confidence: number | null;
  readonly scores: readonly { readonly label: string; readonly confidence: number }[] | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

export interface GatewayClientOptions extends RetryOptions {
  /** Without the path of the GraphQL endpoint. */
  readonly url: URL;
}

interface ItemPage {
  readonly nodes: readonly BatchItem[];
  readonly next: string | null;
}

const FIND = 'query ($id: ID!) { batch(id: $id) { state total done failed cancelled seq } }';

const ITEMS = `query ($id: ID!, $after: String) {
  batch(id: $id) { items(first: 1000, after: $after) {
    nodes { name status label confidence scores { label confidence } error { code message } }
    next
  } }
}`;

const PROGRESS = `subscription ($id: ID!, $after: Int) {
  batchProgress(id: $id, after: $after) { state total done failed }
}`;

/** Longest time to an answer, in ms: a gateway under load answers late. */
const ANSWER_MS = 30_000;
/** After that long without an event the connection may be dead, which nothing else tells. Asking anew costs little. */
const SILENCE_MS = 20_000;

export class GatewayClient {
  readonly #options: GatewayClientOptions;
  readonly #endpoint: URL;
  #hasAnswered = false;

  constructor(options: GatewayClientOptions) {
    this.#options = options;
    this.#endpoint = endpointOf(options.url);
  }

  /** Null if there is none (any more). */
  async find(id: string): Promise<Batch | null> {
    return (await this.#query<{ batch: Batch | null }>(FIND, { id })).batch;
  }

  /** In the order of the upload. */
  async *items(id: string): AsyncGenerator<BatchItem> {
    for (let after: string | null = null; ; ) {
      const { batch }: { batch: { items: ItemPage } | null } = await this.#query(ITEMS, { id, after });
      if (!batch) throw batchGone();
      yield* batch.items.nodes;
      after = batch.items.next;
      if (after === null) return;
    }
  }

  /** Once: a Refusal leaves it open whether the batch is there. Rejects with LocalFailure, too. */
  async upload(pictures: readonly Picture[], request: BatchRequest, onSent: OnSent): Promise<void> {
    const { signal } = this.#options;
    const { status, text } = await send(new BatchBody(pictures, request), { endpoint: this.#endpoint, signal, onSent });
    dataOf(status, text);
  }

  /**
   * Resolves when nothing more is heard, for whatever reason: only `find` knows where the batch is then. False if nothing
   * was heard at all.
   */
  listen(id: string, after: number, take: (event: BatchEvent) => void): Promise<boolean> {
    const { signal } = this.#options;
    return new Promise((resolve) => {
      // Its own attempts to come back would ask for the same `after` again.
      const client = createClient({ url: `${this.#endpoint.href}/stream`, retryAttempts: 0 });
      let heard = false;
      const end = () => {
        clearTimeout(silence);
        signal.removeEventListener('abort', end);
        client.dispose();
        resolve(heard);
      };
      const silence = setTimeout(end, SILENCE_MS);
      signal.addEventListener('abort', end);
      client.subscribe<{ batchProgress: BatchEvent }>(
        { query: PROGRESS, variables: { id, after } },
        {
          next({ data }) {
            silence.refresh();
            if (!data || signal.aborted) return;
            heard = true;
            take(data.batchProgress);
          },
          error: end,
          complete: end,
        },
      );
    });
  }

  /** Tries again what may pass; but at first the gateway must be there. */
  async #query<Data>(query: string, variables: Record<string, unknown>): Promise<Data> {
    const retries = new Retries(this.#options);
    for (;;) {
      try {
        const data = await this.#ask<Data>(JSON.stringify({ query, variables }));
        this.#hasAnswered = true;
        return data;
      } catch (error) {
        if (!this.#hasAnswered && error instanceof Refusal && error.code === NO_ANSWER) throw this.#unreachable(error);
        await retries.after(error);
      }
    }
  }

  async #ask<Data>(body: string): Promise<Data> {
    const { signal } = this.#options;
    try {
      const response = await fetch(this.#endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
      });
      return dataOf(response.status, await response.text());
    } catch (error) {
      throw signal.aborted || error instanceof Refusal ? error : unanswered(error);
    }
  }

  #unreachable({ message }: Refusal): ConfigError {
    return new ConfigError(`${this.#endpoint.href}: ${message}; start a gateway with: warmpool serve`);
  }
}

export function batchGone(): Refusal {
  return new Refusal('BATCH_NOT_FOUND', 'The gateway no longer has the batch.');
}
