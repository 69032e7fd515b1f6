/**
 * Runs operations for the transports that Apollo does not serve, by the same rules, and with the same errors: their codes are
 * Apollo's, and what a subscription throws is its last result.
 */
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  parse,
  subscribe,
  validate,
} from 'graphql';
import type { Context } from './context.ts';
import type { OpenLimit } from './open-limit.ts';

export interface Operation {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Record<string, unknown> | null | undefined;
}

export interface ExecutorOptions {
  readonly schema: GraphQLSchema;
  readonly maxTokens: number;
  readonly formatError: (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;
  /** For subscriptions. */
  readonly places: OpenLimit;
}

export class Executor {
  readonly #options: ExecutorOptions;

  constructor(options: ExecutorOptions) {
    this.#options = options;
  }

  /** What is to be executed, or why it cannot be. */
  prepare({ query, operationName, variables }: Operation, contextValue: Context): ExecutionArgs | GraphQLError[] {
    const { schema, maxTokens } = this.#options;
    let document: DocumentNode;
    try {
      document = parse(query, { maxTokens });
    } catch (error) {
      return [withCode(error as GraphQLError, 'GRAPHQL_PARSE_FAILED')];
    }
    const errors = validate(schema, document);
    if (errors.length > 0) return errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED'));
    if (!getOperationAST(document, operationName)) {
      const message = operationName ? `Unknown operation named "${operationName}".` : 'Which operation is not said.';
      return [withCode(new GraphQLError(message), 'OPERATION_RESOLUTION_FAILURE')];
    }
    return { schema, document, contextValue, variableValues: variables, operationName };
  }

  async execute(args: ExecutionArgs): Promise<ExecutionResult> {
    return execute(args);
  }

  /** The place is kept until the results have ended, by themselves or by `return`. */
  async subscribe(args: ExecutionArgs): Promise<AsyncGenerator<ExecutionResult> | ExecutionResult> {
    let giveBack = () => {};
    try {
      giveBack = this.#options.places.take();
      const results = await subscribe(args);
      if (Symbol.asyncIterator in results) return endingWithItsError(results, giveBack);
      giveBack();
      return results;
    } catch (error) {
      giveBack();
      return { errors: [withOriginal(error)] };
    }
  }

  /** As a client sees it. */
  format({ errors, ...result }: ExecutionResult): FormattedExecutionResult {
    return errors ? { ...result, errors: this.formatErrors(errors) } : result;
  }

  formatErrors(errors: readonly GraphQLError[]): readonly GraphQLFormattedError[] {
    return errors.map((error) => {
      const formatted = error.toJSON();
      const isAboutVariables = error.nodes?.[0]?.kind === Kind.VARIABLE_DEFINITION;
      const extensions = isAboutVariables ? { code: 'BAD_USER_INPUT' } : formatted.extensions;
      return this.#options.formatError({ ...formatted, ...(extensions && { extensions }) }, error);
    });
  }
}

function endingWithItsError(
  results: AsyncGenerator<ExecutionResult>,
  onEnded: () => void,
): AsyncGenerator<ExecutionResult> {
  let isEnded = false;
  const end = () => {
    isEnded = true;
    onEnded();
  };
  return {
    async next() {
      if (isEnded) return { done: true, value: undefined };
      try {
        const result = await results.next();
        if (result.done) end();
        return result;
      } catch (error) {
        end();
        return { done: false, value: { errors: [withOriginal(error)] } };
      }
    },
    return(value) {
      end();
      return results.return(value);
    },
    throw(error) {
      end();
      return results.throw(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function withCode(error: GraphQLError, code: string): GraphQLError {
  const { message, nodes, source, positions } = error;
  return new GraphQLError(message, {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    extensions: { code },
  });
}

export function withOriginal(error: unknown): GraphQLError {
  const originalError = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(originalError.message, { originalError });
}
