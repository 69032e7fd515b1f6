/** The only place where an error becomes something that a client sees: a message, a stable code, and no stack trace. */
import type { FastifyError } from 'fastify';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { GatewayError } from '../core/contracts/errors.ts';
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

/** Most characters of a name that are quoted. */
const MAX_ECHO = 100;

const INTERNAL_ERROR = { message: 'Internal server error.', extensions: { code: 'INTERNAL_SERVER_ERROR' } };

export function createErrorFormatter(events: EventSink) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const cause = (error instanceof GraphQLError && error.originalError) || error;
    const { path, locations } = formatted;
    const place = { ...(path && { path }), ...(locations && { locations }) };
    if (cause instanceof GatewayError) return { ...formatGatewayError(cause), ...place };
    const code = formatted.extensions?.code;
    if (typeof code === 'string' && REQUEST_CODES.has(code) && (error instanceof GraphQLError || isHttpError(error))) {
      return { message: formatted.message, ...place, extensions: { code } };
    }
    events.emit({ type: 'internalError', error: cause });
    return { ...INTERNAL_ERROR, ...place };
  };
}

export function formatGatewayError({ message, code, retryAfterMs }: GatewayError): GraphQLFormattedError {
  return { message, extensions: { code, ...(retryAfterMs !== undefined && { retryAfterMs }) } };
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

export function fileTooLarge(maxBytes: number): GatewayError {
  return new GatewayError('IMAGE_TOO_LARGE', `The file is larger than ${maxBytes} bytes, the most that is accepted.`);
}

export function batchTooLarge(maxBytes: number): GatewayError {
  return new GatewayError(
    'BATCH_TOO_LARGE',
    `The files are larger than ${maxBytes} bytes together, the most that is accepted in one batch.`,
  );
}

export function tooManyFiles(maxFiles: number): GatewayError {
  const limit =
    maxFiles === 1 ? 'One file a request, or one list of files, is' : `At most ${maxFiles} files a request are`;
  return new GatewayError('TOO_MANY_FILES', `${limit} accepted.`);
}

/** Of a list whose files have these names. */
export function misplacedFile(name: string, place: number, names: readonly string[]): GatewayError {
  if (place >= names.length) return tooManyFiles(names.length);
  const [came, expected] = [name, names[place]].map((text) => JSON.stringify(text?.slice(0, MAX_ECHO)));
  const message = `The files must be sent in the order of their list: ${came} came in place of ${expected}.`;
  return new GatewayError('BAD_USER_INPUT', message);
}

export function fieldTooLarge(maxBytes: number): GatewayError {
  return unreadable(`\`operations\` and \`map\` may have ${maxBytes} bytes each.`);
}

export function unreadable(why: string): GatewayError {
  return new GatewayError('BAD_USER_INPUT', `The multipart request cannot be read: ${why}`);
}

function isHttpError(error: unknown): boolean {
  return error instanceof Error && error.name === 'BadRequestError';
}
