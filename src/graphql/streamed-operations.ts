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
  type GraphQLFormattedError,
  Kind,
  subscribe,
} from 'graphql';
import type { Context, Streamed } from './context.ts';
import type { ErrorFormatter } from './errors.ts';
import type { OpenLimit } from './open-limit.ts';

export interface Operation {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Record<string, unknown> | null | undefined;
}

type Result = FormattedExecutionResult;
type Results = AsyncGenerator<Result>;

/** All errors are those that a client sees. */
export interface Outcome {
  /** Null if the operation could not be executed. */
  readonly args: ExecutionArgs | null;
  readonly result: Result | Results;
  /** For a transport that can still say it; undefined if all is well. */
  readonly status: number | undefined;
}

export class StreamedOperations {
  readonly #apollo: ApolloServer<Context>;
  readonly #limit: OpenLimit;
  readonly #formatError: ErrorFormatter;

  /** `apollo` has the plugin below; `limit` is that of the subscriptions that are open at the same time. */
  constructor(apollo: ApolloServer<Context>, limit: OpenLimit, formatError: ErrorFormatter) {
    this.#apollo = apollo;
    this.#limit = limit;
    this.#formatError = formatError;
  }

  async run({ query, operationName, variables }: Operation, context: Context, mayMutate: boolean): Promise<Outcome> {
    const streamed: Streamed = { mayMutate, args: null, isSubscription: false };
    const request = { query, operationName, variables } as GraphQLRequest;
    const { body, http } = await this.#apollo.executeOperation(request, { contextValue: { ...context, streamed } });
    const { args, isSubscription } = streamed;
    if (args && isSubscription) return { args, result: await this.#subscribe(args), status: undefined };
    if (body.kind !== 'single') throw new Error('The schema has no directive that makes a result come in parts.');
    return { args, result: body.singleResult, status: http.status };
  }

  /** It counts as open until the results have ended, by themselves or by `return`. */
  async #subscribe(args: ExecutionArgs): Promise<Result | Results> {
    let giveBack = () => {};
    try {
      giveBack = this.#limit.take();
      const results = await subscribe(args);
      if (Symbol.asyncIterator in results) return this.#formatEach(results, giveBack);
      giveBack();
      return this.#format(results);
    } catch (error) {
      giveBack();
      return this.#failed(error);
    }
  }

  /** What a subscription throws is its last result. */
  #formatEach(results: AsyncGenerator<ExecutionResult>, giveBack: () => void): Results {
    let isEnded = false;
    const end = () => {
      isEnded = true;
      giveBack();
    };
    return {
      next: async () => {
        if (isEnded) return { done: true, value: undefined };
        try {
          const { done, value } = await results.next();
          if (!done) return { done: false, value: this.#format(value) };
          end();
          return { done: true, value };
        } catch (error) {
          end();
          return { done: false, value: this.#failed(error) };
        }
      },
      // At once: a generator would wait for the next result first.
      async return() {
        end();
        await results.return(undefined);
        return { done: true, value: undefined };
      },
      async throw(error) {
        await this.return(undefined);
        throw error;
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  #failed(error: unknown): Result {
    const originalError = error instanceof Error ? error : new Error(String(error));
    return this.#format({ errors: [new GraphQLError(originalError.message, { originalError })] });
  }

  #format({ errors, ...result }: ExecutionResult): Result {
    return errors ? { ...result, errors: errors.map((error) => this.#formatError(withCode(error), error)) } : result;
  }
}

export const streamedOperations: ApolloServerPlugin<Context> = {
  async requestDidStart() {
    return listener;
  },
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
    streamed.args = { schema, document, contextValue, variableValues: variables, operationName };
    streamed.isSubscription = kind === 'subscription';
  },
  async responseForOperation({ contextValue, response: { http } }) {
    return contextValue.streamed?.isSubscription ? { http, body: { kind: 'single', singleResult: {} } } : null;
  },
};

/** As Apollo says it of other operations. */
function withCode(error: GraphQLError): GraphQLFormattedError {
  const isAboutVariables = error.nodes?.[0]?.kind === Kind.VARIABLE_DEFINITION;
  return { ...error.toJSON(), ...(isAboutVariables && { extensions: { code: 'BAD_USER_INPUT' } }) };
}

function refusal(status: number, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status } } });
}
