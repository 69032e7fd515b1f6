import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { BatchClient } from '../../../src/cli/batch/batch-client.ts';
import { ConfigError } from '../../../src/settings/setting.ts';

it('asks again once the gateway has answered, but not if it never has', async () => {
  const answers = ['{"data":{"batch":null}}', null, '{"data":{"batch":null}}'];
  const { client, onRetry } = await clientOf((request, response) => {
    const answer = answers.shift();
    if (answer) response.end(answer);
    else request.socket.destroy();
  });
  expect([await client.findBatch('id'), await client.findBatch('id')]).toEqual([null, null]);
  expect(onRetry).toHaveBeenCalledTimes(1);
  const { client: stranger } = await clientOf((request) => request.socket.destroy());
  await expect(stranger.findBatch('id')).rejects.toThrow(ConfigError);
});

it('waits for a gateway that says when it has room, even at first', async () => {
  const busy = '{"errors":[{"message":"busy","extensions":{"code":"OVERLOADED","retryAfterMs":1}}]}';
  const answers = [busy, '{"data":{"batch":null}}'];
  const { client } = await clientOf((_request, response) => response.end(answers.shift()));
  expect(await client.findBatch('id')).toBe(null);
});

it('gives items page by page, and fails if the batch goes away between two', async () => {
  const page = (next: string | null) =>
    JSON.stringify({ data: { batch: { items: { nodes: [{ name: 'a' }], next } } } });
  const answers = [page('2'), page(null), page('2'), '{"data":{"batch":null}}'];
  const { client } = await clientOf((_request, response) => response.end(answers.shift()));
  expect(await allOf(client.batchItems('id'))).toHaveLength(2);
  await expect(allOf(client.batchItems('id'))).rejects.toMatchObject({ code: 'BATCH_NOT_FOUND' });
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
    client: new BatchClient({ url, patienceMs: 5000, signal: new AbortController().signal, onRetry }),
    onRetry,
  };
}
