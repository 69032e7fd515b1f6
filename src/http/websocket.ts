/**
 * GraphQL over WebSocket (the protocol graphql-transport-ws). An event is sent once the system has taken the one before, so a
 * slow reader slows down its own subscriptions only. Who does not read at all is disconnected: it answers no ping, or leaves
 * too many answers unread.
 */
import websocket, { type WebSocket } from '@fastify/websocket';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  type ExecutionArgs,
  type ExecutionResult,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
} from 'graphql';
import { CloseCode, type Context as Connection, handleProtocols, makeServer } from 'graphql-ws';
import type { GatewayError } from '../core/contracts/errors.ts';
import type { EventSink } from '../core/contracts/ports.ts';
import type { GraphQLServer } from '../graphql/apollo.ts';
import type { RequestParts } from '../graphql/context.ts';
import { formatRefusal } from '../graphql/errors.ts';
import { openLimit } from '../graphql/open-limit.ts';
import { isSameOrigin } from './same-origin.ts';

export interface WebSocketOptions {
  readonly graphql: GraphQLServer;
  readonly events: EventSink;
  /** Most that are open at the same time. */
  readonly maxConnections: number;
}

const MAX_MESSAGE_BYTES = 64 * 1024;
const MAX_OPERATIONS_PER_CONNECTION = 100;
/** Answers that a client may leave unread while it asks for more, in bytes. */
const MAX_UNREAD_BYTES = 1024 * 1024;
/** Proxies cut connections that are silent for a minute or so. */
const PING_INTERVAL_MS = 12_000;
/** How long a client may take to confirm the end of its connection. */
const CLOSE_TIMEOUT_MS = 2000;
/** Clients come back after both; see https://www.iana.org/assignments/websocket/websocket.xhtml */
const GOING_AWAY = 1001;
const TRY_AGAIN_LATER = 1013;

/** To be awaited before any route is made: it also refuses WebSockets on those that are not for them. */
export async function acceptWebSockets(fastify: FastifyInstance): Promise<void> {
  await fastify.register(websocket, {
    options: { maxPayload: MAX_MESSAGE_BYTES, closeTimeout: CLOSE_TIMEOUT_MS, handleProtocols },
    errorHandler: (_error, socket) => socket.terminate(),
    preClose(done) {
      for (const socket of fastify.websocketServer.clients) socket.close(GOING_AWAY, 'The gateway shuts down.');
      fastify.websocketServer.close(() => done());
    },
  });
  fastify.addHook('onRequest', async ({ ws, headers }, reply) => {
    if (!ws || isSameOrigin(headers)) return;
    return reply.code(403).send({ errors: [formatRefusal(403, 'Pages of other origins may not subscribe.')] });
  });
}

/** What a route does with each connection. */
export function createWebSocketHandler({ graphql, events, maxConnections }: WebSocketOptions) {
  const take = openLimit(maxConnections, 'open WebSockets');
  const server = makeServer<Record<string, unknown>, RequestParts>({
    async onSubscribe(connection, _id, operation) {
      if (Object.keys(connection.subscriptions).length > MAX_OPERATIONS_PER_CONNECTION) {
        const most = `At most ${MAX_OPERATIONS_PER_CONNECTION} operations at once are accepted.`;
        return [asError(formatRefusal(503, most))];
      }
      const { args, result } = await graphql.run(operation, graphql.createContext(partsOf(connection)));
      if (!args && 'errors' in result) return (result.errors ?? []).map(asError);
      return { ...args, rootValue: result } as ExecutionArgs;
    },
    // It has been executed.
    execute: ({ rootValue }) => rootValue as ExecutionResult,
    subscribe: ({ rootValue }) => rootValue as ExecutionResult,
    onNext: (_connection, _id, _payload, _args, result) => result as FormattedExecutionResult,
  });

  return (socket: WebSocket, { headers }: FastifyRequest) => {
    let giveBack: () => void;
    try {
      giveBack = take();
    } catch (error) {
      socket.close(TRY_AGAIN_LATER, (error as GatewayError).message);
      return;
    }
    const gone = new AbortController();
    const stopPings = pingRegularly(socket);
    const onClosed = server.opened(
      {
        protocol: socket.protocol,
        // Resolves when the system has taken the message, or never will, for the connection is about to be closed.
        send: (message) => new Promise((resolve) => socket.send(message, () => resolve())),
        close: (code, reason) => socket.close(code, reason),
        onMessage(handle) {
          socket.on('message', async (message: Buffer) => {
            if (socket.bufferedAmount > MAX_UNREAD_BYTES) return socket.terminate();
            try {
              await handle(String(message));
            } catch (error) {
              events.emit({ type: 'internalError', error });
              socket.close(CloseCode.InternalServerError, 'Internal server error.');
            }
          });
        },
      },
      { authorization: headers.authorization, gone: gone.signal },
    );
    socket.once('close', async (code: number, reason: Buffer) => {
      stopPings();
      gone.abort();
      giveBack();
      await onClosed(code, String(reason)).catch((error) => events.emit({ type: 'internalError', error }));
    });
  };
}

/** graphql-ws wants errors, and sends what they say of themselves; this is formatted already. */
function asError(formatted: GraphQLFormattedError): GraphQLError {
  return Object.assign(new GraphQLError(formatted.message), { toJSON: () => formatted });
}

/** Ends the connection of a client that does not answer until the next ping is due. Returns how to stop. */
function pingRegularly(socket: WebSocket): () => void {
  let isAlive = true;
  socket.on('pong', () => {
    isAlive = true;
  });
  const timer = setInterval(() => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
  }, PING_INTERVAL_MS);
  return () => clearInterval(timer);
}

/** Pages cannot send headers with a WebSocket; what they would say there stands in the first message. */
function partsOf({ extra, connectionParams }: Connection<Record<string, unknown>, RequestParts>): RequestParts {
  const { authorization = connectionParams?.authorization, gone } = extra;
  return { authorization: typeof authorization === 'string' ? authorization : undefined, gone };
}
