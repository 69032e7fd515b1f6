/**
 * Node closes the connection of a request that does not arrive in time, but knows one time for all. The body of a batch may
 * take an hour; no other may.
 */
import type { FastifyInstance } from 'fastify';

export function closeSlowRequests(fastify: FastifyInstance, timeoutMs: number): void {
  fastify.server.headersTimeout = Math.min(fastify.server.headersTimeout, timeoutMs);
  fastify.addHook('onRequest', async (request) => {
    const { raw } = request;
    if (!('content-length' in raw.headers || 'transfer-encoding' in raw.headers)) return;
    const close = () => {
      if (!request.arrival?.isBatch) raw.destroy();
    };
    const timer = setTimeout(close, timeoutMs).unref();
    raw.once('close', () => clearTimeout(timer));
  });
}
