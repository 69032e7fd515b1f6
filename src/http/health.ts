/** For load balancers and supervisors: is the process alive, and may it have traffic? */
import type { FastifyInstance } from 'fastify';

/** `trouble` says why it may have none; null if it may. */
export function serveHealth(fastify: FastifyInstance, trouble: () => string | null): void {
  fastify.get('/healthz', async () => ({ status: 'ok' }));
  fastify.get('/readyz', async (_request, reply) => {
    const status = trouble();
    return reply.code(status === null ? 200 : 503).send({ status: status ?? 'ready' });
  });
}
