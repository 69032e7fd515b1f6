// Facts about who is slower than the other side: nothing piles up in the gateway, and nobody waits for ever.
import http from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Batches } from '../../src/batches/batches.ts';
import { SpoolFile } from '../../src/batches/spool/file.ts';
import type { BatchEvent } from '../../src/batches/types.ts';
import { batchHead } from '../graphql/batch-request.ts';
import { type BatchServer, listen, openBatchServer } from '../graphql/batch-server.ts';
import { begin, END, file } from './raw-http.ts';
import { connect } from './raw-websocket.ts';

const KiB = 1024;
const PROGRESS = 'subscription { batchProgress(id: "endless") { seq item { name } } }';

afterEach(() => vi.useRealTimers());

/** What it has become once it no longer changes. */
async function settled(value: () => number): Promise<number> {
  let before = Number.NaN;
  let since = 0;
  await vi.waitUntil(
    () => {
      since = value() === before ? since + 1 : 0;
      before = value();
      return since === 20;
    },
    { interval: 10, timeout: 10_000 },
  );
  return before;
}

/** Sends a batch to a disk that takes nothing until it is told to. */
async function sendToSlowDisk(files: number, server: BatchServer) {
  let received = () => 0;
  server.fastify.server.on('connection', (socket: Socket) => {
    received = () => socket.bytesRead;
  });
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const appends = vi.spyOn(SpoolFile.prototype, 'append').mockImplementation(() => held);
  onTestFinished(() => appends.mockRestore());
  const request = begin(server.url);
  const head = batchHead(files);
  request.write(head);
  for (let i = 0; i < files; i++) request.write(file(Buffer.alloc(10 * KiB), `${i}`));
  request.write(END);
  const answer = request.end();
  await vi.waitUntil(() => appends.mock.calls.length === 1);
  const total = async () => JSON.parse((await answer).body).data.classifyBatch.total as number;
  return { received: () => received() - head.length, release, total };
}

describe('a batch of 1,000 small files', () => {
  it('is not read much further than to the file that is being spooled', async () => {
    const server = await openBatchServer();
    const { received, release, total } = await sendToSlowDisk(1000, server);
    expect(await settled(received)).toBeLessThan(1400 * KiB);
    release();
    expect(await total()).toBe(1000);
    expect(received()).toBeGreaterThan(1000 * 10 * KiB);
    await server.close();
  });

  it('may wait for the disk longer than its client may be silent', async () => {
    const server = await openBatchServer();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { received, release, total } = await sendToSlowDisk(1000, server);
    await settled(received);
    // It may be silent for 30 s, and a minute is for the whole.
    vi.advanceTimersByTime(50_000);
    vi.useRealTimers();
    release();
    expect(await total()).toBe(1000);
    await server.close();
  });
});

/** A server whose batch never ends and tells a lot, and a look at how much of it was asked for. */
async function openEndless() {
  const look = { asked: 0, isOpen: false };
  async function* progress(): AsyncGenerator<BatchEvent> {
    look.isOpen = true;
    try {
      for (let seq = 1; ; seq++) {
        look.asked = seq;
        const item = { index: 0, name: 'x'.repeat(64 * KiB), status: 'queued', outcome: null } as const;
        yield { seq, state: 'running', total: 1, done: 0, failed: 0, item };
        // So that the test has its turns, too.
        await new Promise(setImmediate);
      }
    } finally {
      look.isOpen = false;
    }
  }
  const batches = { progress, trouble: () => null } as unknown as Batches;
  return { ...(await listen(batches, { emit: () => {} })), look };
}

async function subscribeByWebSocket(url: string): Promise<Socket> {
  const { greet, send, socket } = await connect(url);
  await greet();
  send({ type: 'subscribe', id: '1', payload: { query: PROGRESS } });
  return socket;
}

function subscribeByRequest(url: string): Promise<Socket> {
  return new Promise((resolve) => {
    const options = { agent: false, headers: { accept: 'text/event-stream' } };
    http.get(`${url}/graphql/stream?query=${encodeURIComponent(PROGRESS)}`, options, (response) => {
      response.on('error', () => {}).resume();
      resolve(response.socket);
    });
  });
}

describe.each([
  ['graphql-ws', subscribeByWebSocket],
  ['graphql-sse', subscribeByRequest],
])('a subscriber over %s', (_, subscribe) => {
  it('that does not read is asked for nothing more, until it reads again or leaves', async () => {
    const { url, fastify, look } = await openEndless();
    const socket = await subscribe(url);
    await vi.waitUntil(() => look.asked > 10);
    socket.pause();
    const asked = await settled(() => look.asked);
    // What the system holds for a connection.
    expect(asked * 64 * KiB).toBeLessThan(32 * KiB * KiB);
    socket.resume();
    await vi.waitUntil(() => look.asked > asked + 10);
    socket.destroy();
    await vi.waitUntil(() => !look.isOpen);
    await fastify.close();
  });
});

describe('a request for events', () => {
  it('whose client reads nothing for half a minute is cut off', async () => {
    const { url, fastify, look } = await openEndless();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const socket = await subscribeByRequest(url);
    socket.pause();
    await settled(() => look.asked);
    expect(look.isOpen).toBe(true);
    vi.advanceTimersByTime(30_000);
    await vi.waitUntil(() => !look.isOpen);
    await fastify.close();
  });
});

describe('a WebSocket', () => {
  it('that does not answer a ping until the next one is due is cut off', async () => {
    const { url, fastify } = await openEndless();
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const { greet, pings, closed } = await connect(url);
    await greet();
    vi.advanceTimersByTime(12_000);
    await vi.waitUntil(() => pings() === 1);
    vi.advanceTimersByTime(12_000);
    await closed;
    await fastify.close();
  });

  it('that answers stays', async () => {
    const { url, fastify } = await openEndless();
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const { greet, pings, pong, send, messages, socket } = await connect(url);
    await greet();
    for (let round = 1; round <= 3; round++) {
      vi.advanceTimersByTime(12_000);
      await vi.waitUntil(() => pings() === round);
      pong();
      send({ type: 'ping' });
      await vi.waitUntil(() => messages.length === 1 + round);
    }
    socket.destroy();
    await fastify.close();
  });
});
