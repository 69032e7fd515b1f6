import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { Sender } from '../../../src/lab/loadtest/sender.ts';
import { uploadOf } from '../../../src/lab/loadtest/uploads.ts';

const UPLOAD = await uploadOf(Buffer.from('a picture'), 'picture.jpg', { model: null, deadlineMs: null });
const CUT_OFF = { code: 'CONNECTION_FAILED', retryAfterMs: null };

it.each([
  [200, '{"data":{"classify":{"label":"cat"}}}', null],
  [200, '{"data":null,"errors":[{"message":"…","extensions":{"code":"OVERLOADED"}}]}', 'OVERLOADED'],
  [413, '{"errors":[{"message":"…","extensions":{"code":"IMAGE_TOO_LARGE"}}]}', 'IMAGE_TOO_LARGE'],
  [502, '<html>Bad Gateway</html>', 'HTTP_502'],
  [404, '', 'HTTP_404'],
  [200, '{"data":null,"errors":[{"message":"…"}]}', 'BAD_ANSWER'],
  [200, '{"data":{"classify":null}}', 'BAD_ANSWER'],
  [200, 'null', 'BAD_ANSWER'],
  [200, '{"data":', 'BAD_ANSWER'],
])('the answer %i %s comes to %s', async (status, body, code) => {
  const sender = senderOf(await serve((_request, response) => response.writeHead(status).end(body)));
  expect((await sender.send(UPLOAD)).code).toBe(code);
});

it('a refusal says when to come back', async () => {
  const extensions = { code: 'OVERLOADED', retryAfterMs: 1_500 };
  const body = JSON.stringify({ data: null, errors: [{ message: '…', extensions }] });
  const sender = senderOf(await serve((_request, response) => response.end(body)));
  expect(await sender.send(UPLOAD)).toEqual(extensions);
});

it('a refused connection comes to CONNECTION_FAILED', async () => {
  const server = await serve(() => {});
  const sender = senderOf(server);
  await new Promise((resolve) => server.close(resolve));
  expect(await sender.send(UPLOAD)).toEqual(CUT_OFF);
});

it('an answer that is cut off comes to CONNECTION_FAILED', async () => {
  const sender = senderOf(
    await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{"data"', () => response.destroy());
    }),
  );
  expect(await sender.send(UPLOAD)).toEqual(CUT_OFF);
});

it('no answer within the time limit comes to TIMEOUT, and the connection is given up', async () => {
  const server = await serve(() => {});
  const gone = once(server, 'connection').then(([socket]) => once(socket, 'close'));
  expect(await senderOf(server, 20).send(UPLOAD)).toEqual({ ...CUT_OFF, code: 'TIMEOUT' });
  await gone;
});

it('requests one after the other share a connection', async () => {
  const server = await serve((_request, response) => response.end('{"data":{"classify":{"label":"cat"}}}'));
  let connections = 0;
  server.on('connection', () => connections++);
  const sender = senderOf(server);
  for (let i = 0; i < 5; i++) expect((await sender.send(UPLOAD)).code).toBeNull();
  expect(connections).toBe(1);
});

it('closing it ends what has no answer yet', async () => {
  const server = await serve(() => {});
  const sender = senderOf(server);
  const answers = [sender.send(UPLOAD), sender.send(UPLOAD)];
  await once(server, 'request');
  sender.close();
  expect(await Promise.all(answers)).toEqual([CUT_OFF, CUT_OFF]);
});

async function serve(listener: RequestListener): Promise<Server> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return server;
}

function senderOf(server: Server, timeLimitMs = 10_000): Sender {
  const { port } = server.address() as AddressInfo;
  const sender = new Sender({ endpoint: new URL(`http://127.0.0.1:${port}/graphql`), timeLimitMs });
  onTestFinished(() => sender.close());
  return sender;
}
