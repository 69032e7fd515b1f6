/** The only place where an error becomes something that a client sees: a message, a stable code, and no stack trace. */
import type { FastifyError } from 'fastify';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { GatewayError } from '../core/contracts/errors.ts';
import { tooManyFiles } from '../core/contracts/limits.ts';
import type { EventSink } from '../core/contracts/ports.ts';

/** Errors of the request itself, which Apollo reports under codes of its own; their messages are made for clients. */
const REQUEST_CODES = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
]);

/** Most characters of a file's name that a message quotes. */
const MAX_ECHO = 100;
/** Most characters of a message, which may quote what the client sent. */
const MAX_MESSAGE = 1000;

const INTERNAL_ERROR = { message: 'Internal server error.', extensions: { code: 'INTERNAL_SERVER_ERROR' } };

export type ErrorFormatter = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

export function createErrorFormatter(events: EventSink): ErrorFormatter {
  return (formatted, error) => {
    const cause = (error instanceof GraphQLError && error.originalError) || error;
    const { path, locations } = formatted;
    const where = { ...(path && { path }), ...(locations && { locations }) };
    if (cause instanceof GatewayError) return { ...formatGatewayError(cause), ...where };
    // What graphql-js itself has against a request, such as its variables; some of it is without a code.
    const isOfRequest = cause instanceof GraphQLError && !path;
    const known = formatted.extensions?.code;
    const code = isOfRequest && !REQUEST_CODES.has(String(known)) ? 'BAD_USER_INPUT' : known;
    if (typeof code === 'string' && REQUEST_CODES.has(code) && (error instanceof GraphQLError || isHttpError(error))) {
      return { message: cut(formatted.message), ...where, extensions: { code } };
    }
    events.emit({ type: 'internalError', error: cause });
    return { ...INTERNAL_ERROR, ...where };
  };
}

export function formatGatewayError({ message, code, retryAfterMs }: GatewayError): GraphQLFormattedError {
  return { message: cut(message), extensions: { code, ...(retryAfterMs !== undefined && { retryAfterMs }) } };
}

/** What Fastify refuses before GraphQL sees it, such as a body that is no JSON. Only a client's own fault is explained. */
export function formatHttpError(error: FastifyError, events: EventSink): GraphQLFormattedError {
  if (statusOf(error) < 500) return { message: error.message, extensions: { code: 'BAD_REQUEST' } };
  events.emit({ type: 'internalError', error });
  return INTERNAL_ERROR;
}

/** What a transport refuses before GraphQL sees it. */
export function formatRefusal(status: number, message: string): GraphQLFormattedError {
  const code = status === 403 ? 'FORBIDDEN' : status === 503 ? 'OVERLOADED' : 'BAD_REQUEST';
  return { message, extensions: { code } };
}

export function statusOf({ statusCode }: FastifyError): number {
  return statusCode ?? 500;
}

/** When the file that came at this index is not the one that the list has there. */
export function misplacedFile(name: string, index: number, names: readonly string[]): GatewayError {
  if (index >= names.length) return tooManyFiles(names.length);
  const [came, expected] = [name, names[index]].map((text) => JSON.stringify(text?.slice(0, MAX_ECHO)));
  const message = `The files must be sent in the order of their list: ${came} came in place of ${expected}.`;
  return new GatewayError('BAD_USER_INPUT', message);
}

export function fieldTooLarge(maxBytes: number): GatewayError {
  return unreadable(`\`operations\` and \`map\` may have ${maxBytes} bytes each.`);
}

export function unreadable(why: string): GatewayError {
  return new GatewayError('BAD_USER_INPUT', `The multipart request cannot be read: ${why}`);
}

function cut(message: string): string {
  return message.length <= MAX_MESSAGE ? message : `${message.slice(0, MAX_MESSAGE - 1)}…`;
}

function isHttpError(error: unknown): boolean {
  return error instanceof Error && error.name === 'BadRequestError';
}
