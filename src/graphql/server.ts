/** The HTTP server: GraphQL at /graphql, health, and the page at /. */
import { readFileSync } from 'node:fs';
import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import Fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { GraphQLUpload } from 'graphql-upload-minimal';
import type { EventSink } from '../core/ports.ts';
import type { Gateway } from '../gateway.ts';
import { type Context, createContext } from './context.ts';
import { closeConnectionsWhenDraining } from './drain.ts';
import { createErrorFormatter, formatHttpError, statusOf } from './errors.ts';
import { serveHealth } from './health.ts';
import { acceptMultipart } from './multipart.ts';
import { servePage } from './page.ts';
import { classify } from './resolvers/classify.ts';
import { models } from './resolvers/models.ts';
import { pool, poolStats, provision } from './resolvers/pool.ts';
import { retryAfterHeader } from './retry-after.ts';
import type { Resolvers } from './schema-types.generated.ts';
import { UploadReader } from './upload-reader.ts';

export interface ServerOptions {
  readonly gateway: Gateway;
  readonly events: EventSink;
  readonly adminToken: string;
  /** Of one file, in bytes. */
  readonly maxUploadBytes: number;
  /** Of all files held at once, in bytes. */
  readonly uploadMemory: number;
  /** For a request to arrive completely, in ms. */
  readonly uploadTimeout: number;
}

const SCHEMA = new URL('../../schema.graphql', import.meta.url);
/** Our own timeout answers with a typed error; Node's, a little later, closes the connection of whoever still sends. */
const NODE_TIMEOUT_MARGIN_MS = 5000;
/** Tools ask for the whole schema with some 300; thousands of aliases would keep the only thread busy for seconds. */
const MAX_QUERY_TOKENS = 1000;

const resolvers: Resolvers = {
  Upload: GraphQLUpload,
  Query: { models, pool, poolStats },
  Mutation: { classify, provision },
};

export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const { gateway, events, adminToken } = options;
  const fastify = Fastify({
    requestTimeout: options.uploadTimeout + NODE_TIMEOUT_MARGIN_MS,
    // What arrives on an open connection while the server drains is answered like the rest, and the last on it.
    return503OnClosing: false,
  });
  closeConnectionsWhenDraining(fastify);
  const apollo = await startApollo(events);
  fastify.addHook('onClose', () => apollo.stop());
  await fastify.register(servePage);
  serveHealth(fastify, () => gateway.pool.isReady());

  const uploads = new UploadReader({ maxBytes: options.maxUploadBytes, memoryBytes: options.uploadMemory });
  await fastify.register(async (scope) => {
    acceptMultipart(scope, { maxBytes: options.maxUploadBytes, timeoutMs: options.uploadTimeout });
    scope.setErrorHandler((error: FastifyError, _request, reply) =>
      reply.code(statusOf(error)).send({ errors: [formatHttpError(error, events)] }),
    );
    scope.route({
      method: ['GET', 'POST'],
      url: '/graphql',
      handler: fastifyApolloHandler(apollo, {
        context: async (request, reply) => createContext(request, reply, { gateway, uploads, adminToken }),
      }),
    });
  });
  return fastify;
}

async function startApollo(events: EventSink): Promise<ApolloServer<Context>> {
  const apollo = new ApolloServer<Context>({
    typeDefs: readFileSync(SCHEMA, 'utf8'),
    resolvers,
    introspection: true,
    csrfPrevention: true,
    parseOptions: { maxTokens: MAX_QUERY_TOKENS },
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    formatError: createErrorFormatter(events),
    // Nothing here may be cached, and to find that out anew costs every field of every answer.
    plugins: [ApolloServerPluginLandingPageDisabled(), ApolloServerPluginCacheControlDisabled(), retryAfterHeader],
  });
  await apollo.start();
  return apollo;
}
