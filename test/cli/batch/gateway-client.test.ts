import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { GatewayClient } from '../../../src/cli/batch/gateway-client.ts';
import { ConfigError } from '../../../src/settings/setting.ts';

const EVENT = { state: 'RUNNING', total: 2, done: 1, failed: 0 };
const STREAM = { 'content-type': 'text/event-stream' };
const eventOf = (result: unknown) => `event: next\ndata: ${JSON.stringify(result)}\n\n`;
const COMPLETE = 'event: complete\ndata:\n\n';

it('asks again once the gateway has answered, but not if it never has', async () => {
  const answers = ['{"data":{"batch":null}}', null, '{"data":{"batch":null}}'];
  const { client, onRetry } = await clientOf((request, response) => {
    const answer = answers.shift();
    if (answer) response.end(answer);
    else request.socket.destroy();
  });
  expect([await client.find('id'), await client.find('id')]).toEqual([null, null]);
  expect(onRetry).toHaveBeenCalledTimes(1);
  const { client: stranger } = await clientOf((request) => request.socket.destroy());
  await expect(stranger.find('id')).rejects.toThrow(ConfigError);
});

it('waits for a gateway that says when it has room, even at first', async () => {
  const busy = '{"errors":[{"message":"busy","extensions":{"code":"OVERLOADED","retryAfterMs":1}}]}';
  const answers = [busy, '{"data":{"batch":null}}'];
  const { client } = await clientOf((_request, response) => response.end(answers.shift()));
  expect(await client.find('id')).toBe(null);
});

it('gives items page by page, and fails if the batch goes away between two', async () => {
  const page = (next: string | null) =>
    JSON.stringify({ data: { batch: { items: { nodes: [{ name: 'a' }], next } } } });
  const answers = [page('2'), page(null), page('2'), '{"data":{"batch":null}}'];
  const { client } = await clientOf((_request, response) => response.end(answers.shift()));
  expect(await allOf(client.items('id'))).toHaveLength(2);
  await expect(allOf(client.items('id'))).rejects.toMatchObject({ code: 'BATCH_NOT_FOUND' });
});

it.each<[string, boolean, RequestListener]>([
  [
    'the end of the events',
    true,
    (_, response) => response.writeHead(200, STREAM).end(`${eventOf({ data: { batchProgress: EVENT } })}${COMPLETE}`),
  ],
  [
    'a lost connection',
    true,
    (_, response) =>
      response.writeHead(200, STREAM).write(eventOf({ data: { batchProgress: EVENT } }), () => response.destroy()),
  ],
  [
    'an error',
    false,
    (_, response) => response.writeHead(200, STREAM).end(`${eventOf({ errors: [{ message: 'no' }] })}${COMPLETE}`),
  ],
  ['a refusal', false, (_, response) => response.writeHead(503).end()],
])('listens until %s, and says if it heard anything', async (_, heard, listener) => {
  const { client } = await clientOf(listener);
  const take = vi.fn();
  expect(await client.listen('id', 3, take)).toBe(heard);
  expect(take.mock.calls).toEqual(heard ? [[EVENT]] : []);
});

it('listens no longer than 20 s to silence', async () => {
  let asked = () => {};
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const { client } = await clientOf((_request, response) => {
    response.writeHead(200, STREAM).flushHeaders();
    asked();
  });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const listening = client.listen('id', 0, () => {});
  await isAsked;
  vi.advanceTimersByTime(19_999);
  expect(await Promise.race([listening, Promise.resolve('listening')])).toBe('listening');
  vi.advanceTimersByTime(1);
  expect(await listening).toBe(false);
});

async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function clientOf(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const onRetry = vi.fn();
  return {
    client: new GatewayClient({ url, patienceMs: 5000, signal: new AbortController().signal, onRetry }),
    onRetry,
  };
}
