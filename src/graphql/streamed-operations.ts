/**
 * Operations of the transports that take more than one result. Apollo parses, validates and executes them like those of plain HTTP
 * requests, with one cache of documents; but it cannot run a subscription, and would take it for a query. So it leaves what it
 * found in the operation's context, and the subscription begins here. A plain HTTP request is told where it can subscribe.
 */
import type { ApolloServer, ApolloServerPlugin, GraphQLRequest, GraphQLRequestListener } from '@apollo/server';
import {
  type ExecutionArgs,
  type ExecutionResult,
  type FormattedExecutionResult,
  GraphQLError,
  subscribe,
} from 'graphql';
import type { Context, Streamed } from './context.ts';
import type { ErrorFormatter } from './errors.ts';
import type { OpenLimit } from './open-limit.ts';

/** Each error about a variable prints all of its value: fifty of them would be fifty times what the client sent. */
export const EXECUTION_OPTIONS = { maxCoercionErrors: 1 };

interface Operation {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Record<string, unknown> | null | undefined;
}

type Result = FormattedExecutionResult;
type Results = AsyncGenerator<Result>;

/** All errors are those that a client sees. */
interface Outcome {
  /** Null if the operation could not be executed. */
  readonly args: ExecutionArgs | null;
  readonly result: Result | Results;
  /** For a transport that can still say it; undefined if all is well. */
  readonly status: number | undefined;
}

/** Runs an operation, by default one of any kind; never rejects for what the client did. */
export type Run = (operation: Operation, context: Context, mayMutate?: boolean) => Promise<Outcome>;

/** `apollo` has the plugin below; `take` counts the subscriptions that are open at the same time. */
export function createRunner(apollo: ApolloServer<Context>, take: OpenLimit, formatError: ErrorFormatter): Run {
  const format = ({ errors, ...result }: ExecutionResult): Result =>
    errors ? { ...result, errors: errors.map((error) => formatError(error.toJSON(), error)) } : result;

  /** It counts as open until the results have ended, by themselves or by `return`. */
  async function begin(args: ExecutionArgs): Promise<Result | Results> {
    let giveBack = () => {};
    try {
      giveBack = take();
      const results = await subscribe(args);
      if (Symbol.asyncIterator in results) return formatEach(results, format, giveBack);
      giveBack();
      return format(results);
    } catch (error) {
      giveBack();
      return format(failed(error));
    }
  }

  return async ({ query, operationName, variables }, context, mayMutate = true) => {
    const streamed: Streamed = { mayMutate, args: null, isSubscription: false };
    const request = { query, operationName, variables } as GraphQLRequest;
    const { body, http } = await apollo.executeOperation(request, { contextValue: { ...context, streamed } });
    const { args, isSubscription } = streamed;
    if (args && isSubscription) return { args, result: await begin(args), status: undefined };
    if (body.kind !== 'single') throw new Error('The schema has no directive that makes a result come in parts.');
    return { args, result: body.singleResult, status: http.status };
  };
}

/** What a subscription throws is its last result. */
function formatEach(
  results: AsyncGenerator<ExecutionResult>,
  format: (result: ExecutionResult) => Result,
  onEnded: () => void,
): Results {
  let isEnded = false;
  const end = () => {
    isEnded = true;
    onEnded();
  };
  return {
    async next() {
      if (isEnded) return { done: true, value: undefined };
      try {
        const { done, value } = await results.next();
        if (!done) return { done: false, value: format(value) };
        end();
        return { done: true, value };
      } catch (error) {
        end();
        return { done: false, value: format(failed(error)) };
      }
    },
    // Ends it at once; in an async generator this would wait for the next result.
    async return() {
      end();
      await results.return(undefined);
      return { done: true, value: undefined };
    },
    // Without it graphql-sse would not take this for a generator, and would never end it.
    async throw(error) {
      await this.return(undefined);
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function failed(error: unknown): ExecutionResult {
  const originalError = error instanceof Error ? error : new Error(String(error));
  return { errors: [new GraphQLError(originalError.message, { originalError })] };
}

export const streamedOperations: ApolloServerPlugin<Context> = {
  requestDidStart: async () => listener,
};

const listener: GraphQLRequestListener<Context> = {
  async didResolveOperation({ operation, document, schema, contextValue, request: { variables, operationName } }) {
    const { streamed } = contextValue;
    const kind = operation?.operation;
    if (kind === 'subscription' && !streamed) {
      throw refusal(400, 'Subscriptions need a WebSocket (graphql-ws) at /graphql, or /graphql/stream (graphql-sse).');
    }
    if (kind === 'mutation' && streamed?.mayMutate === false) throw refusal(405, 'Cannot perform mutations over GET');
    if (!streamed || !kind) return;
    const options = EXECUTION_OPTIONS;
    streamed.args = { schema, document, contextValue, variableValues: variables, operationName, options };
    streamed.isSubscription = kind === 'subscription';
  },
  async responseForOperation({ contextValue, response: { http } }) {
    return contextValue.streamed?.isSubscription ? { http, body: { kind: 'single', singleResult: {} } } : null;
  },
};

function refusal(status: number, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status } } });
}
