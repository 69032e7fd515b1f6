/** Subscribers as programs have them: the clients of graphql-ws and graphql-sse, which do not reconnect by themselves here. */
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { WebSocket } from 'undici';
import { vi } from 'vitest';

export interface Result<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: Record<string, unknown> }[];
}

export interface Subscriber<Data> {
  readonly results: readonly Result<Data>[];
  /** Resolves when the server says that it is complete, or when this client has left; rejects with what else ends it. */
  readonly ended: Promise<void>;
  /** Resolves when there are so many results. */
  arrived(count: number): Promise<void>;
  leave(): void;
}

export type Subscribe = <Data>(url: string, query: string, variables?: Record<string, unknown>) => Subscriber<Data>;

interface Sink<Data> {
  next(result: Result<Data>): void;
  error(error: unknown): void;
  complete(): void;
}

export const overWebSocket: Subscribe = (url, query, variables = {}) => {
  const client = createWsClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
  return subscriber((sink) => {
    client.subscribe({ query, variables }, sink as never);
    return () => client.terminate();
  });
};

export const overEvents: Subscribe = (url, query, variables = {}) => {
  const client = createSseClient({ url: `${url}/graphql/stream`, retryAttempts: 0 });
  return subscriber((sink) => {
    client.subscribe({ query, variables }, sink as never);
    return () => client.dispose();
  });
};

export const TRANSPORTS: readonly (readonly [string, Subscribe])[] = [
  ['graphql-ws', overWebSocket],
  ['graphql-sse', overEvents],
];

function subscriber<Data>(begin: (sink: Sink<Data>) => () => void): Subscriber<Data> {
  const results: Result<Data>[] = [];
  let leave = () => {};
  const ended = new Promise<void>((resolve, reject) => {
    const stop = begin({ next: (result) => results.push(result), error: reject, complete: resolve });
    leave = () => {
      resolve();
      stop();
    };
  });
  ended.catch(() => {});
  return {
    results,
    ended,
    arrived: async (count) =>
      void (await vi.waitUntil(() => results.length >= count, { interval: 2, timeout: 10_000 })),
    leave: () => leave(),
  };
}
