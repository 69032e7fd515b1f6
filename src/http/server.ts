/** The HTTP server: GraphQL at /graphql, over WebSocket too, and at /graphql/stream; health; and the page at /. */
import { fastifyApolloHandler } from '@as-integrations/fastify';
import Fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import type { EventSink } from '../core/contracts/ports.ts';
import type { GraphQLServer } from '../graphql/apollo.ts';
import { formatHttpError, statusOf } from '../graphql/errors.ts';
import { goneBefore } from './gone.ts';
import type { BatchTerms } from './multipart/arrival-terms.ts';
import { acceptMultipart } from './multipart/multipart.ts';
import { servePage } from './page.ts';
import { serveEvents } from './server-sent-events.ts';
import { closeSlowRequests } from './slow-requests.ts';
import { acceptWebSockets, createWebSocketHandler } from './websocket.ts';

export interface ServerOptions {
  /** Stopped when the server is closed. */
  readonly graphql: GraphQLServer;
  readonly events: EventSink;
  /** Why this gateway should have no traffic; null if it may have some. */
  readonly trouble: () => string | null;
  /** Of one file, in bytes. */
  readonly maxUploadBytes: number;
  /** For a request to arrive completely, and for the next sign of life of a batch, in ms. */
  readonly uploadTimeout: number;
  readonly batch: BatchTerms;
  /** Most that are open at the same time. */
  readonly maxWebSockets: number;
}

/** Of an operation without files, as over WebSocket and Server-Sent Events. */
const MAX_JSON_BYTES = 64 * 1024;
/** Our own timeout answers with a typed error; Node's, a little later, closes the connection of whoever still sends. */
const NODE_TIMEOUT_MARGIN_MS = 5000;

export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const { graphql, trouble, uploadTimeout, batch } = options;
  const fastify = Fastify({
    requestTimeout: Math.max(uploadTimeout, batch.timeoutMs) + NODE_TIMEOUT_MARGIN_MS,
    // What arrives on an open connection while the server drains is answered like the rest, and the last on it.
    return503OnClosing: false,
  });
  fastify.addHook('onClose', () => graphql.apollo.stop());
  endConnectionsWhenDraining(fastify);
  closeSlowRequests(fastify, uploadTimeout + NODE_TIMEOUT_MARGIN_MS);
  await acceptWebSockets(fastify);
  await fastify.register(servePage);
  serveHealth(fastify, trouble);
  await serveGraphQL(fastify, options);
  return fastify;
}

/** Without it a kept-alive connection outlives its last answer, and the server with it. */
function endConnectionsWhenDraining(fastify: FastifyInstance): void {
  let isDraining = false;
  fastify.addHook('preClose', async () => {
    isDraining = true;
  });
  fastify.addHook('onSend', async (_request, reply) => {
    if (isDraining) reply.header('connection', 'close');
  });
}

/** For load balancers and supervisors: is the process alive, and may it have traffic? */
function serveHealth(fastify: FastifyInstance, trouble: () => string | null): void {
  fastify.get('/healthz', async () => ({ status: 'ok' }));
  fastify.get('/readyz', async (_request, reply) => {
    const status = trouble();
    return reply.code(status === null ? 200 : 503).send({ status: status ?? 'ready' });
  });
}

async function serveGraphQL(fastify: FastifyInstance, options: ServerOptions): Promise<void> {
  const { graphql, events, maxUploadBytes, uploadTimeout, batch, maxWebSockets } = options;
  const handler = fastifyApolloHandler(graphql.apollo, {
    context: async ({ headers: { authorization } }, { raw }) =>
      graphql.createContext({ authorization, gone: goneBefore(raw) }),
  });
  const wsHandler = createWebSocketHandler({ graphql, events, maxConnections: maxWebSockets });
  await fastify.register(async (scope) => {
    explainHttpErrors(scope, events);
    acceptMultipart(scope, { maxBytes: maxUploadBytes, timeoutMs: uploadTimeout, batch });
    scope.route({ method: 'POST', url: '/graphql', handler, bodyLimit: MAX_JSON_BYTES });
    scope.route({ method: 'GET', url: '/graphql', handler, wsHandler });
  });
  await fastify.register(async (scope) => {
    explainHttpErrors(scope, events);
    serveEvents(scope, '/graphql/stream', graphql);
  });
}

function explainHttpErrors(scope: FastifyInstance, events: EventSink): void {
  scope.setErrorHandler((error: FastifyError, _request, reply) =>
    reply.code(statusOf(error)).send({ errors: [formatHttpError(error, events)] }),
  );
}
