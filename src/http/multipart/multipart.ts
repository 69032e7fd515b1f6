/**
 * Multipart requests on a Fastify route: the GraphQL operation is parsed out, its files stay streams that the resolvers
 * read. Everything is refused as early as it can be known: the CSRF header before any byte, a length that no request may
 * have, and an upload that is too much or does not arrive in time.
 */
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type ErrorCode, GatewayError } from '../../core/contracts/errors.ts';
import { batchTooLarge } from '../../core/contracts/limits.ts';
import { formatGatewayError } from '../../graphql/errors.ts';
import { Arrival } from './arrival.ts';
import { type ArrivalLimits, mostBytes } from './arrival-terms.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Null unless it is a multipart request. */
    arrival: Arrival | null;
  }
}

const MULTIPART = /^multipart\/form-data(?=;|$)/i;
/** How long the rest of a request that has its answer is read and dropped. */
const LINGER_MS = 5000;
/** Refused as 413, Content Too Large. */
const TOO_MUCH: readonly ErrorCode[] = ['IMAGE_TOO_LARGE', 'TOO_MANY_FILES', 'BATCH_TOO_LARGE'];
/** Either one makes a browser ask before it sends the request across sites. */
const PREFLIGHT_HEADERS = ['apollo-require-preflight', 'x-apollo-operation-name'];

export function acceptMultipart(fastify: FastifyInstance, limits: ArrivalLimits): void {
  fastify.decorateRequest('arrival', null);
  // The hook below reads the body: it knows how much that may be.
  fastify.addContentTypeParser('multipart/form-data', (_request, _payload, done) => done(null));
  fastify.addHook('preValidation', async (request, reply) => {
    const { headers } = request.raw;
    if (!MULTIPART.test(headers['content-type'] ?? '')) return;
    try {
      refuseEarly(request, limits);
      request.arrival = new Arrival(request.raw, limits);
      request.body = await request.arrival.operation;
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      const status = TOO_MUCH.includes(error.code) ? 413 : 400;
      return reply.code(status).send({ errors: [formatGatewayError(error)] });
    }
  });
  // What nobody read must not keep the connection's next request from being seen.
  fastify.addHook('onResponse', async ({ raw, arrival }) => {
    if (arrival) arrival.drop();
    else raw.resume();
    if (!raw.complete) linger(raw, arrival);
  });
}

function refuseEarly({ headers }: FastifyRequest, limits: ArrivalLimits): void {
  if (!PREFLIGHT_HEADERS.some((name) => headers[name])) {
    throw new GatewayError(
      'BAD_USER_INPUT',
      'Uploads need the header `apollo-require-preflight: true` (CSRF prevention).',
    );
  }
  if (Number(headers['content-length'] ?? 0) > mostBytes(limits)) throw batchTooLarge(limits.batch.maxBytes);
}

/**
 * An honest client sends to the end before it looks at its answer, and would see a broken connection instead if this one were
 * closed at once. The upload of a batch has limits of its own, and keeps them.
 */
function linger(raw: IncomingMessage, arrival: Arrival | null): void {
  if (arrival?.isBatch && !arrival.isRefused) return;
  const timer = setTimeout(() => raw.destroy(), LINGER_MS).unref();
  raw.once('close', () => clearTimeout(timer));
}
