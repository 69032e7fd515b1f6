/** The HTTP server: GraphQL at /graphql, over WebSocket too, and at /graphql/stream; health; and the page at /. */
import { readFileSync } from 'node:fs';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import Fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { EventSink } from '../core/contracts/ports.ts';
import { type Context, createContext, goneBefore, type RequestParts } from '../graphql/context.ts';
import { createErrorFormatter, formatHttpError, statusOf } from '../graphql/errors.ts';
import { Executor } from '../graphql/executor.ts';
import type { ServedGateway } from '../graphql/gateway.ts';
import { OpenLimit } from '../graphql/open-limit.ts';
import { resolvers } from '../graphql/resolvers/resolvers.ts';
import { retryAfterHeader } from '../graphql/retry-after.ts';
import { subscriptionsElsewhere } from '../graphql/subscriptions-elsewhere.ts';
import { UploadReader } from '../graphql/uploads/upload-reader.ts';
import { closeConnectionsWhenDraining } from './drain.ts';
import { serveHealth } from './health.ts';
import type { BatchLimits } from './multipart/arrival-terms.ts';
import { acceptMultipart } from './multipart/multipart.ts';
import { servePage } from './page.ts';
import { serveEvents } from './server-sent-events.ts';
import { closeSlowRequests } from './slow-requests.ts';
import { acceptWebSockets, createWebSocketHandler } from './websocket.ts';

export interface ServerOptions {
  readonly gateway: ServedGateway;
  readonly events: EventSink;
  readonly adminToken: string;
  /** Of one file, in bytes. */
  readonly maxUploadBytes: number;
  /** Of all files held at once, in bytes. */
  readonly uploadMemory: number;
  /** For a request to arrive completely, and for the next sign of life of a batch, in ms. */
  readonly uploadTimeout: number;
  readonly batch: BatchLimits;
  /** Open at the same time; and as many WebSockets. */
  readonly maxSubscriptions: number;
}

const SCHEMA = new URL('../../schema.graphql', import.meta.url);
/** Our own timeout answers with a typed error; Node's, a little later, closes the connection of whoever still sends. */
const NODE_TIMEOUT_MARGIN_MS = 5000;
/** Tools ask for the whole schema with some 300; thousands of aliases would keep the only thread busy for seconds. */
const MAX_QUERY_TOKENS = 1000;

export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const { gateway, events, uploadTimeout, batch } = options;
  const fastify = Fastify({
    requestTimeout: Math.max(uploadTimeout, batch.timeoutMs) + NODE_TIMEOUT_MARGIN_MS,
    // What arrives on an open connection while the server drains is answered like the rest, and the last on it.
    return503OnClosing: false,
  });
  closeConnectionsWhenDraining(fastify);
  closeSlowRequests(fastify, uploadTimeout + NODE_TIMEOUT_MARGIN_MS);
  await acceptWebSockets(fastify);
  const { apollo, schema } = await startApollo(events);
  fastify.addHook('onClose', () => apollo.stop());
  await fastify.register(servePage);
  serveHealth(fastify, () => troubleOf(gateway));
  await serveGraphQL(fastify, apollo, schema, options);
  return fastify;
}

async function serveGraphQL(
  fastify: FastifyInstance,
  apollo: ApolloServer<Context>,
  schema: GraphQLSchema,
  options: ServerOptions,
): Promise<void> {
  const { gateway, events, adminToken, maxUploadBytes, uploadTimeout, batch, maxSubscriptions } = options;
  const uploads = new UploadReader({ maxBytes: maxUploadBytes, memoryBytes: options.uploadMemory });
  const contextOf = (request: RequestParts) => createContext({ gateway, uploads, adminToken }, request);
  const handler = fastifyApolloHandler(apollo, {
    context: async ({ headers: { authorization } }, { raw }) => contextOf({ authorization, gone: goneBefore(raw) }),
  });
  const places = new OpenLimit(maxSubscriptions, 'open subscriptions');
  const formatError = createErrorFormatter(events);
  const executor = new Executor({ schema, maxTokens: MAX_QUERY_TOKENS, formatError, places });
  const subscriptions = { executor, events, createContext: contextOf, maxConnections: maxSubscriptions };
  const wsHandler = createWebSocketHandler(subscriptions);

  await fastify.register(async (scope) => {
    explainHttpErrors(scope, events);
    acceptMultipart(scope, { maxBytes: maxUploadBytes, timeoutMs: uploadTimeout, batch });
    scope.route({ method: 'POST', url: '/graphql', handler });
    scope.route({ method: 'GET', url: '/graphql', handler, wsHandler });
  });
  await fastify.register(async (scope) => {
    explainHttpErrors(scope, events);
    serveEvents(scope, '/graphql/stream', subscriptions);
  });
}

/** Why this gateway should have no traffic. */
function troubleOf({ pool, batches }: ServedGateway): string | null {
  return pool.isReady() ? batches.trouble() : 'the reserved workers are not all warm';
}

function explainHttpErrors(scope: FastifyInstance, events: EventSink): void {
  scope.setErrorHandler((error: FastifyError, _request, reply) =>
    reply.code(statusOf(error)).send({ errors: [formatHttpError(error, events)] }),
  );
}

async function startApollo(events: EventSink): Promise<{ apollo: ApolloServer<Context>; schema: GraphQLSchema }> {
  let schema!: GraphQLSchema;
  const onSchema: ApolloServerPlugin<Context> = {
    async serverWillStart(service) {
      schema = service.schema;
    },
  };
  const apollo = new ApolloServer<Context>({
    typeDefs: readFileSync(SCHEMA, 'utf8'),
    resolvers,
    introspection: true,
    csrfPrevention: true,
    parseOptions: { maxTokens: MAX_QUERY_TOKENS },
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    formatError: createErrorFormatter(events),
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      // Nothing here may be cached, and to find that out anew costs every field of every answer.
      ApolloServerPluginCacheControlDisabled(),
      retryAfterHeader,
      subscriptionsElsewhere,
      onSchema,
    ],
  });
  await apollo.start();
  return { apollo, schema };
}
