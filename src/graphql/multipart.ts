/**
 * Multipart requests on a Fastify route: the GraphQL operation is parsed out, its files stay streams that the resolvers
 * read. Everything is refused as early as it can be known: the CSRF header before any byte, a declared length over the
 * limit, and an upload that does not arrive in time.
 */
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { processRequest } from 'graphql-upload-minimal';
import { GatewayError } from '../core/errors.ts';
import { unlessAborted } from './abort.ts';
import { fileTooLarge, formatGatewayError, fromMultipartError } from './errors.ts';
import { guardMap } from './map-guard.ts';

export interface MultipartLimits {
  /** Of one file, in bytes. */
  readonly maxBytes: number;
  /** From the first byte to the last, in ms. */
  readonly timeoutMs: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Of a multipart request: aborted, with the error to report, if it does not arrive in time or is too large. */
    arrival: AbortSignal | null;
  }
}

/** Room for the boundaries, the `operations` and the `map` beside the file, in bytes. */
const FRAME_BYTES = 64 * 1024;
const MAX_FILES = 1;
const MULTIPART = /^multipart\/form-data(?=;|$)/i;
/** How long the rest of a request that has its answer is read and dropped. */
const LINGER_MS = 5000;
/** Either one makes a browser ask before it sends the request across sites. */
const PREFLIGHT_HEADERS = ['apollo-require-preflight', 'x-apollo-operation-name'];

export function acceptMultipart(fastify: FastifyInstance, limits: MultipartLimits): void {
  fastify.decorateRequest('arrival', null);
  // The body is not read here: preValidation hands the raw stream to the multipart parser.
  fastify.addContentTypeParser('multipart/form-data', (_request, _payload, done) => done(null));
  fastify.addHook('preValidation', async (request, reply) => {
    const { headers } = request.raw;
    if (!headers['content-type'] || !MULTIPART.test(headers['content-type'])) return;
    // Media types are case-insensitive, but not to the parser.
    headers['content-type'] = headers['content-type'].replace(MULTIPART, 'multipart/form-data');
    try {
      refuseEarly(request, limits);
      request.body = await parse(request, reply, limits);
    } catch (error) {
      const refusal = fromMultipartError(error, limits.maxBytes);
      const status = refusal.code === 'IMAGE_TOO_LARGE' || refusal.code === 'TOO_MANY_FILES' ? 413 : 400;
      return reply.code(status).send({ errors: [formatGatewayError(refusal)] });
    }
  });
  // What nobody read must not keep the connection's next request from being seen. An honest client sends to the end
  // before it looks at its answer, and would see a broken connection instead if this one were closed at once.
  fastify.addHook('onResponse', async ({ raw }) => {
    raw.unpipe();
    raw.resume();
    if (raw.complete) return;
    clearWithRequest(
      setTimeout(() => raw.destroy(), LINGER_MS),
      raw,
    );
  });
}

function refuseEarly(request: FastifyRequest, { maxBytes }: MultipartLimits): void {
  if (!PREFLIGHT_HEADERS.some((name) => request.headers[name])) {
    throw new GatewayError(
      'BAD_USER_INPUT',
      'Uploads need the header `apollo-require-preflight: true` (CSRF prevention).',
    );
  }
  if (Number(request.headers['content-length'] ?? 0) > maxBytes + FRAME_BYTES) throw fileTooLarge(maxBytes);
}

/** Aborted, with the error to report, if the request has not arrived completely in time, or is more than one file. */
function arrivalOf(request: FastifyRequest, { maxBytes, timeoutMs }: MultipartLimits): AbortSignal {
  const late = new AbortController();
  const message = `The request did not arrive completely within ${timeoutMs} ms.`;
  const timer = setTimeout(() => late.abort(new GatewayError('DEADLINE_EXCEEDED', message)), timeoutMs);
  clearWithRequest(timer, request.raw);
  // Chunked requests declare no length, and the parser's own limits end neither a file that no one asked for nor a field.
  let received = 0;
  request.raw.on('data', (chunk: Buffer) => {
    received += chunk.length;
    if (received > maxBytes + FRAME_BYTES) late.abort(fileTooLarge(maxBytes));
  });
  return late.signal;
}

/** A connection that ends between the answer and the end of its request closes no request: the timer must not wait for it. */
function clearWithRequest(timer: NodeJS.Timeout, raw: IncomingMessage): void {
  raw.once('close', () => clearTimeout(timer));
  timer.unref();
}

async function parse(request: FastifyRequest, reply: FastifyReply, limits: MultipartLimits): Promise<unknown> {
  request.arrival = arrivalOf(request, limits);
  guardMap(request.raw);
  const operation = processRequest(request.raw, reply.raw, {
    maxFiles: MAX_FILES,
    // One more, so that a file of exactly the limit is not taken for a truncated one; the reader counts.
    maxFileSize: limits.maxBytes + 1,
    maxFieldSize: FRAME_BYTES,
  });
  return await unlessAborted(operation, request.arrival);
}
