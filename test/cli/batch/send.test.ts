import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { BatchBody } from '../../../src/cli/batch/body.ts';
import { send } from '../../../src/cli/batch/send.ts';
import { NO_ANSWER } from '../../../src/client/answer.ts';

const REQUEST = { clientBatchId: 'an-id-that-is-long-enough', model: null, topK: null };
/** More than fits into the buffers on the way. */
const MANY = 20_000_000;

it('sends all of the body with its length, and gives the answer', async () => {
  const body = bodyOf(100_000);
  const endpoint = await serve(async (request, response) => {
    response.end(`${request.headers['content-length']} ${(await buffer(request)).length}`);
  });
  const { 'content-length': length } = body.headers;
  expect(await send(body, { endpoint, ...ignored() })).toEqual({ status: 200, text: `${length} ${length}` });
});

it('gives an answer that comes before the end of the body, which is then not sent', async () => {
  const endpoint = await serve((_request, response) => response.writeHead(413).end('too much'));
  let sent = 0;
  const onSent = (_files: number, bytes: number) => {
    sent = bytes;
  };
  const { status, text } = await send(bodyOf(MANY), { endpoint, ...ignored(), onSent });
  expect({ status, text }).toEqual({ status: 413, text: 'too much' });
  expect(sent).toBeLessThan(MANY);
});

it.each<[string, RequestListener]>([
  ['before its answer', (request) => request.socket.destroy()],
  ['within its answer', (_, response) => response.writeHead(200).write('{', () => response.socket?.destroy())],
])('a connection that ends %s is no answer', async (_, listener) => {
  const endpoint = await serve(listener);
  const failure = await send(bodyOf(MANY), { endpoint, ...ignored() }).catch((error) => error);
  expect(failure).toMatchObject({ code: NO_ANSWER, mayPass: true });
});

it('a file that has changed ends the request, and is told', async () => {
  let isCutOff: Promise<unknown> = Promise.resolve();
  const endpoint = await serve((request) => {
    isCutOff = buffer(request).catch(() => 'cut off');
  });
  const body = bodyOf(100_000, (path) => writeFileSync(path, 'x'));
  await expect(send(body, { endpoint, ...ignored() })).rejects.toMatchObject({ code: 'UNREADABLE_FILE' });
  expect(await isCutOff).toBe('cut off');
});

it('is ended by its signal', async () => {
  const end = new AbortController();
  const endpoint = await serve(() => end.abort());
  const sent = send(bodyOf(MANY), { endpoint, ...ignored(), signal: end.signal });
  expect(await sent.catch((error) => error)).toBe(end.signal.reason);
});

const ignored = () => ({ signal: new AbortController().signal, onSent: () => {} });

function bodyOf(size: number, change: (path: string) => void = () => {}): BatchBody {
  const folder = mkdtempSync(join(tmpdir(), 'warmpool-send-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'a.jpg');
  writeFileSync(path, Buffer.alloc(size));
  const body = new BatchBody([{ path, size, mtimeMs: 0 }], REQUEST);
  change(path);
  return body;
}

async function serve(listener: RequestListener): Promise<URL> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`);
}
