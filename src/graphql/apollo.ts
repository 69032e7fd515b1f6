/** GraphQL of a gateway: the schema and its resolvers, run by Apollo, for every transport. */
import { readFileSync } from 'node:fs';
import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import type { EventSink } from '../core/contracts/ports.ts';
import { type Context, type RequestParts, requireToken } from './context.ts';
import { createErrorFormatter } from './errors.ts';
import type { ServedGateway } from './gateway.ts';
import { openLimit } from './open-limit.ts';
import { resolvers } from './resolvers/resolvers.ts';
import { retryAfterHeader } from './retry-after.ts';
import { createRunner, EXECUTION_OPTIONS, type Run, streamedOperations } from './streamed-operations.ts';
import { type ReaderLimits, UploadReader } from './uploads/upload-reader.ts';

export interface GraphQLOptions {
  readonly gateway: ServedGateway;
  readonly events: EventSink;
  readonly adminToken: string;
  readonly uploads: ReaderLimits;
  /** Most that are open at the same time. */
  readonly maxSubscriptions: number;
}

export interface GraphQLServer {
  /** For plain HTTP requests. */
  readonly apollo: ApolloServer<Context>;
  createContext(request: RequestParts): Context;
  /** For transports that take more than one result. */
  readonly run: Run;
}

const SCHEMA = new URL('../../schema.graphql', import.meta.url);
/** Tools ask for the whole schema with some 300; thousands of aliases would keep the only thread busy for seconds. */
const MAX_QUERY_TOKENS = 1000;

export async function startGraphQL(options: GraphQLOptions): Promise<GraphQLServer> {
  const { gateway, events, adminToken, maxSubscriptions } = options;
  const uploads = new UploadReader(options.uploads);
  const formatError = createErrorFormatter(events);
  const apollo = new ApolloServer<Context>({
    typeDefs: readFileSync(SCHEMA, 'utf8'),
    resolvers,
    introspection: true,
    csrfPrevention: true,
    parseOptions: { maxTokens: MAX_QUERY_TOKENS },
    executionOptions: EXECUTION_OPTIONS,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    formatError,
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      // Nothing here may be cached, and to find that out anew costs every field of every answer.
      ApolloServerPluginCacheControlDisabled(),
      retryAfterHeader,
      streamedOperations,
    ],
  });
  await apollo.start();
  return {
    apollo,
    createContext: ({ authorization, gone }) => ({
      gateway,
      uploads,
      gone,
      requireAdmin: () => requireToken(authorization, adminToken),
    }),
    run: createRunner(apollo, openLimit(maxSubscriptions, 'open subscriptions'), formatError),
  };
}
