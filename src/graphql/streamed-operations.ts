/**
 * Operations of the transports that take more than one result. Apollo parses, validates and answers them like those of plain HTTP
 * requests, from one cache of documents. It cannot run a subscription, though, and would take it for a query: so this plugin
 * begins it when Apollo asks for an answer. A plain HTTP request, which has one answer, is told where it can subscribe.
 */
import { type ApolloServer, type ApolloServerPlugin, type GraphQLRequestListener, HeaderMap } from '@apollo/server';
import {
  type ExecutionArgs,
  type ExecutionResult,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  Kind,
  subscribe,
} from 'graphql';
import type { Context, Results, Streamed } from './context.ts';
import type { ErrorFormatter } from './errors.ts';
import type { OpenLimit } from './open-limit.ts';

export interface Operation {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Record<string, unknown> | null | undefined;
}

type Format = (result: ExecutionResult) => FormattedExecutionResult;

export interface Outcome {
  readonly args: ExecutionArgs | null;
  readonly result: FormattedExecutionResult | Results;
  /** For a transport that has not answered yet; undefined is 200. */
  readonly status: number | undefined;
}

/** All errors in its results are as a client sees them. */
export async function runStreamed(
  apollo: ApolloServer<Context>,
  { query, operationName, variables }: Operation,
  context: Context,
  mayMutate: boolean,
): Promise<Outcome> {
  const streamed: Streamed = { mayMutate, args: null, results: null };
  const request = { query, ...(operationName && { operationName }), ...(variables && { variables }) };
  const { body, http } = await apollo.executeOperation(request, { contextValue: { ...context, streamed } });
  if (body.kind !== 'single') throw new Error('The schema has no directive that makes a result come in parts.');
  return { args: streamed.args, result: streamed.results ?? body.singleResult, status: http.status };
}

/** `limit`: of the subscriptions that are open at the same time. */
export function streamedOperations(limit: OpenLimit, formatError: ErrorFormatter): ApolloServerPlugin<Context> {
  const format = ({ errors, ...result }: ExecutionResult) =>
    errors ? { ...result, errors: errors.map((error) => formatError(withCode(error), error)) } : result;
  return {
    async requestDidStart({ contextValue: { streamed } }) {
      return streamed ? listenerOf(streamed, (args) => begin(args, limit, format)) : PLAIN;
    },
  };
}

const PLAIN: GraphQLRequestListener<Context> = {
  async didResolveOperation({ operation }) {
    if (operation?.operation !== 'subscription') return;
    throw refusal(400, 'Subscriptions need a WebSocket (graphql-ws) at /graphql, or /graphql/stream (graphql-sse).');
  },
};

function listenerOf(
  streamed: Streamed,
  subscribeTo: (args: ExecutionArgs) => Promise<Results | FormattedExecutionResult>,
): GraphQLRequestListener<Context> {
  return {
    async didResolveOperation({ operation, document, schema, contextValue, request: { variables, operationName } }) {
      if (!operation) return;
      const isMutation = operation.operation === 'mutation';
      if (isMutation && !streamed.mayMutate) throw refusal(405, 'Cannot perform mutations over GET');
      streamed.args = { schema, document, contextValue, variableValues: variables, operationName };
    },
    async responseForOperation({ operation }) {
      if (!streamed.args || operation.operation !== 'subscription') return null;
      const begun = await subscribeTo(streamed.args);
      const isOpen = 'next' in begun;
      if (isOpen) streamed.results = begun;
      return { http: { headers: new HeaderMap() }, body: { kind: 'single', singleResult: isOpen ? {} : begun } };
    },
  };
}

/** It counts as open until the results have ended, by themselves or by `return`. */
async function begin(
  args: ExecutionArgs,
  limit: OpenLimit,
  format: Format,
): Promise<Results | FormattedExecutionResult> {
  let giveBack = () => {};
  try {
    giveBack = limit.take();
    const results = await subscribe(args);
    if (Symbol.asyncIterator in results) return formatEach(results, format, giveBack);
    giveBack();
    return format(results);
  } catch (error) {
    giveBack();
    return format(failed(error));
  }
}

/** What a subscription throws is its last result. */
function formatEach(results: AsyncGenerator<ExecutionResult>, format: Format, onEnded: () => void): Results {
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
    // Not by way of a generator, which would wait for the next result first.
    async return() {
      end();
      return { done: true, value: (await results.return(undefined)).value };
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

function failed(error: unknown): ExecutionResult {
  const originalError = error instanceof Error ? error : new Error(String(error));
  return { errors: [new GraphQLError(originalError.message, { originalError })] };
}

/** As Apollo says it of other operations. */
function withCode(error: GraphQLError): GraphQLFormattedError {
  const isAboutVariables = error.nodes?.[0]?.kind === Kind.VARIABLE_DEFINITION;
  return { ...error.toJSON(), ...(isAboutVariables && { extensions: { code: 'BAD_USER_INPUT' } }) };
}

function refusal(status: number, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status } } });
}
