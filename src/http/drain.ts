/** An orderly end for connections: without it a kept-alive connection outlives its last answer, and the server with it. */
import type { FastifyInstance } from 'fastify';

export function closeConnectionsWhenDraining(fastify: FastifyInstance): void {
  let draining = false;
  fastify.addHook('preClose', async () => {
    draining = true;
  });
  fastify.addHook('onSend', async (_request, reply) => {
    if (draining) reply.header('connection', 'close');
  });
}
