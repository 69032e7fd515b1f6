// Facts about bodies that do not arrive: their connection is closed, as Node would, but for batches.
import { connect, type Socket } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeSlowRequests } from '../../src/http/slow-requests.ts';

const TIMEOUT = 100;

let fastify: FastifyInstance;
beforeAll(async () => {
  fastify = Fastify();
  closeSlowRequests(fastify, TIMEOUT);
  fastify.post('/', async () => 'answered');
  // As that of multipart requests, which are read by whoever handles them.
  fastify.addContentTypeParser('multipart/form-data', (_request, _payload, done) => done(null));
  fastify.post<{ Querystring: { batch: string } }>('/upload', (request, reply) => {
    request.arrival = { isBatch: request.query.batch === 'yes' } as never;
    request.raw.resume().once('end', () => reply.send('answered'));
  });
  await fastify.listen({ port: 0 });
});
afterAll(() => fastify.close());

/** Sends this, and after the time that a request has, this. */
function send(first: string, then: string): Promise<string> {
  const { port } = fastify.server.address() as { port: number };
  return new Promise((resolve) => {
    let answer = '';
    const socket: Socket = connect(port, '127.0.0.1', () => socket.write(first));
    const later = setTimeout(() => socket.write(then), 2 * TIMEOUT);
    socket.on('error', () => {});
    socket.setEncoding('utf8').on('data', (text: string) => {
      answer += text;
      if (answer.includes('answered')) socket.end();
    });
    socket.once('close', () => {
      clearTimeout(later);
      resolve(answer);
    });
  });
}

const head = (path: string, type: string) =>
  `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-type: ${type}\r\ncontent-length: 2\r\n\r\n`;

it('JSON that stops within its body', async () => {
  expect(await send(`${head('/', 'application/json')}1`, '2')).toBe('');
});

it('a body that is complete is answered, and its connection may stay', async () => {
  const answer = await send(`${head('/', 'application/json')}12`, `${head('/', 'application/json')}34`);
  expect(answer).toContain('200 OK');
});

it('an upload that stops', async () => {
  expect(await send(`${head('/upload', 'multipart/form-data')}1`, '2')).toBe('');
});

it('the upload of a batch has its own time', async () => {
  expect(await send(`${head('/upload?batch=yes', 'multipart/form-data')}1`, '2')).toContain('200 OK');
});
