/** Subscribers as programs have them: the clients of graphql-ws and graphql-sse, which do not reconnect by themselves here. */
import type { Socket } from 'node:net';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { Agent, buildConnector, fetch, WebSocket } from 'undici';
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
  /** Destroys its socket under it. */
  drop(): void;
}

export type Subscribe = <Data>(url: string, query: string, variables?: Record<string, unknown>) => Subscriber<Data>;

interface Sink<Data> {
  next(result: Result<Data>): void;
  error(error: unknown): void;
  complete(): void;
}

export const overWebSocket: Subscribe = (url, query, variables = {}) => {
  const { agent, destroy } = ownSockets();
  const client = createWsClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: class extends WebSocket {
      constructor(address: string, protocols: string) {
        super(address, { protocols, dispatcher: agent });
      }
    },
    retryAttempts: 0,
  });
  return subscriber(destroy, (sink) => {
    client.subscribe({ query, variables }, sink as never);
    return () => client.terminate();
  });
};

export const overEvents: Subscribe = (url, query, variables = {}) => {
  const { agent, destroy } = ownSockets();
  const client = createSseClient({
    url: `${url}/graphql/stream`,
    fetchFn: (address: string, request: object) => fetch(address, { ...request, dispatcher: agent }),
    retryAttempts: 0,
  });
  return subscriber(destroy, (sink) => {
    client.subscribe({ query, variables }, sink as never);
    return () => client.dispose();
  });
};

export const TRANSPORTS: readonly (readonly [string, Subscribe])[] = [
  ['graphql-ws', overWebSocket],
  ['graphql-sse', overEvents],
];

/** An agent for one client, and the end of all its sockets. */
function ownSockets(): { readonly agent: Agent; destroy(): void } {
  const connect = buildConnector({});
  const sockets = new Set<Socket>();
  const agent = new Agent({
    connect: (options, done) =>
      connect(options, (...result) => {
        if (result[1]) sockets.add(result[1]);
        done(...result);
      }),
  });
  return {
    agent,
    destroy() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

function subscriber<Data>(drop: () => void, begin: (sink: Sink<Data>) => () => void): Subscriber<Data> {
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
    drop,
  };
}
