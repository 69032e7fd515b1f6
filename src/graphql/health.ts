/** For load balancers and supervisors: is the process alive, and may it have traffic? */
import type { FastifyInstance } from 'fastify';

export function serveHealth(fastify: FastifyInstance, isReady: () => boolean): void {
  fastify.get('/healthz', async () => ({ status: 'ok' }));
  fastify.get('/readyz', async (_request, reply) => {
    const ready = isReady();
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'the reserved workers are not all warm' });
  });
}
