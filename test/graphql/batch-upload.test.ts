// Facts about uploads of batches: what is accepted, in which order, and what becomes of clients that are slow or go away.
import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { begin, END, file, fileHead, post } from '../http/raw-http.ts';
import { batchHead, postBatch, upload } from './batch-request.ts';
import { type BatchServer, leavesNothing as nothingRemains, openBatchServer } from './batch-server.ts';

const KiB = 1024;
const ID = 'a-client-batch-id-0001';
const UPLOAD_TIMEOUT = 400;

let server: BatchServer;
beforeAll(async () => {
  const batch = { maxFiles: 5, maxBytes: 300 * KiB, timeoutMs: 5_000 };
  server = await openBatchServer(
    { maxUploadBytes: 100 * KiB, uploadTimeout: UPLOAD_TIMEOUT, batch },
    { maxFiles: 5, maxFileBytes: 100 * KiB, maxBatchBytes: 300 * KiB },
  );
  server.finish(Number.POSITIVE_INFINITY);
});
afterAll(() => server.close());

const bytes = (length: number) => Buffer.alloc(length, 'x');
const named = (name: string, key: number) => Buffer.from(fileHead(`${key}`).toString().replace('cat.jpg', name));

const leavesNothing = (act: () => Promise<unknown>) => nothingRemains(server, act);

function bytesOfNextConnection({ fastify }: BatchServer): () => number {
  let received = () => 0;
  fastify.server.once('connection', (socket: Socket) => {
    received = () => socket.bytesRead;
  });
  return () => received();
}

describe('a batch', () => {
  it('is answered with what it is', async () => {
    const { batch } = await postBatch(server.url, [bytes(10), bytes(20)], { options: { model: 'synthetic', topK: 2 } });
    expect(batch).toMatchObject({
      clientBatchId: null,
      model: expect.stringMatching(/^synthetic@/),
      total: 2,
      failed: 0,
    });
    expect(Date.parse(batch?.createdAt ?? '')).toBeGreaterThan(Date.now() - 60_000);
    expect(await server.batches.find(batch?.id ?? '')).toMatchObject({ topK: 2, total: 2 });
  });

  it('may have as many files as the limit says, and files as large', async () => {
    const { batch } = await postBatch(server.url, [bytes(100 * KiB), bytes(100 * KiB), bytes(1), bytes(1), bytes(1)]);
    expect(batch?.total).toBe(5);
  });

  it('may have one file, and files without a byte', async () => {
    expect((await postBatch(server.url, [bytes(0)])).batch?.total).toBe(1);
  });

  it('has its items in the order of the list, by the names of their files', async () => {
    const files = ['c', 'a', 'b'].map((name, i) => Buffer.concat([named(name, i), bytes(5), Buffer.from('\r\n')]));
    const answer = await post(server.url, [batchHead(3), ...files]);
    const { id } = JSON.parse(answer.body).data.classifyBatch;
    const { nodes } = await server.batches.items(id, { first: 10, after: null, status: null });
    expect(nodes.map(({ name, index }) => [name, index])).toEqual([
      ['c', 0],
      ['a', 1],
      ['b', 2],
    ]);
  });

  it.each([
    ['with folders', 'a folder/of/cats/a.jpg'],
    ['from the root', '/etc/passwd'],
    ['upwards', '../../../../tmp/a.jpg'],
    ['of a folder', '..'],
    ['of another system', 'C:/cats/a.jpg'],
    ['in other scripts', 'кошки/猫.jpg'],
    ['of 900 characters', 'a folder/'.repeat(100)],
  ])('keeps the name of a file as it was sent, and none of it is a path: %s', async (_, name) => {
    const patient = await openBatchServer();
    const answer = await post(patient.url, [batchHead(1), named(name, 0), bytes(5), Buffer.from('\r\n')]);
    const { id } = JSON.parse(answer.body).data.classifyBatch;
    const { nodes } = await patient.batches.items(id, { first: 10, after: null, status: null });
    expect(nodes.map((item) => item.name)).toEqual([name]);
    expect(await patient.spooled()).toEqual([id]);
    expect(patient.spool.usedBytes).toBe(5);
    await patient.close();
  });

  it('keeps the bytes of each file', async () => {
    const slow = await openBatchServer();
    const files = [bytes(10), Buffer.from('kitten'), bytes(200 * KiB)];
    const { batch } = await postBatch(slow.url, files);
    const spooled = await readFile(slow.spool.path(batch?.id ?? ''));
    expect(spooled.equals(Buffer.concat(files))).toBe(true);
    await slow.close();
  });

  it('with the same clientBatchId again is the same batch, and its body is not waited for', async () => {
    const first = await upload(server.url, 2, { clientBatchId: ID });
    expect((await postBatch(server.url, [bytes(1), bytes(1)], { clientBatchId: ID })).batch?.id).toBe(first.id);
    const again = begin(server.url, { 'content-length': 200 * KiB });
    for (const piece of [batchHead(3, { clientBatchId: ID }), fileHead()]) again.write(piece);
    expect(JSON.parse((await again.answer).body).data.classifyBatch.id).toBe(first.id);
    again.disconnect();
  });

  it('with the id of one that is being uploaded is refused', async () => {
    const clientBatchId = 'a-client-batch-id-0002';
    const uploading = begin(server.url);
    for (const piece of [batchHead(2, { clientBatchId }), fileHead()]) uploading.write(piece);
    await vi.waitUntil(() => server.batches.find(clientBatchId));
    expect(await postBatch(server.url, [bytes(1)], { clientBatchId })).toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('being uploaded'),
    });
    uploading.disconnect();
    await vi.waitUntil(async () => (await server.batches.find(clientBatchId)) === null);
  });
});

describe('a client', () => {
  it.each([
    ['before the first byte of the first file', [batchHead(3), fileHead()]],
    ['between two files', [batchHead(3), file(bytes(10))]],
    ['within a file', [batchHead(3), file(bytes(10)), fileHead('1'), bytes(100)]],
    ['before the last boundary', [batchHead(1), file(bytes(10))]],
  ])('that goes away %s leaves nothing behind', (_, pieces) =>
    leavesNothing(async () => {
      const request = begin(server.url);
      for (const piece of pieces) request.write(piece);
      await vi.waitUntil(() =>
        server.batches.list({ first: 1, after: null }).then(({ nodes }) => nodes[0]?.state === 'accepting'),
      );
      request.disconnect();
    }),
  );

  it('that stops sending is told so, and leaves nothing behind', () =>
    leavesNothing(async () => {
      const request = begin(server.url);
      for (const piece of [batchHead(2), file(bytes(10)), fileHead('1'), bytes(100)]) request.write(piece);
      expect(await request.answer).toMatchObject({
        code: 'DEADLINE_EXCEEDED',
        message: `Nothing of the request arrived within ${UPLOAD_TIMEOUT} ms.`,
      });
      request.disconnect();
    }));

  it('that sends slowly but steadily may take longer than one picture may', async () => {
    const patient = await openBatchServer();
    const received = bytesOfNextConnection(patient);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const request = begin(patient.url);
    await vi.waitUntil(() => received() > 0);
    let sent = received();
    for (const piece of [batchHead(4), ...[0, 1, 2, 3].map((i) => file(bytes(10), `${i}`))]) {
      request.write(piece);
      sent += piece.length;
      await vi.waitUntil(() => received() >= sent);
      // Five times, within the minute for the whole; one picture has 30 s.
      vi.advanceTimersByTime(10_000);
    }
    vi.useRealTimers();
    request.write(END);
    expect((await request.end()).code).toBeNull();
    await patient.close();
  });

  it('that has its answer may send to the end all the same', async () => {
    const patient = await openBatchServer();
    const { id } = await upload(patient.url, 1, { clientBatchId: ID });
    const received = bytesOfNextConnection(patient);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const request = begin(patient.url);
    for (const piece of [batchHead(1, { clientBatchId: ID }), fileHead()]) request.write(piece);
    expect(JSON.parse((await request.answer).body).data.classifyBatch.id).toBe(id);
    vi.advanceTimersByTime(20_000);
    vi.useRealTimers();
    for (const piece of [bytes(200 * KiB), Buffer.from('\r\n'), END]) request.write(piece);
    await vi.waitUntil(() => received() > 200 * KiB);
    request.disconnect();
    await patient.close();
  });

  it('that would go on for ever is stopped after the time for batches', async () => {
    const batch = { maxFiles: 5, maxBytes: 300 * KiB, timeoutMs: 300 };
    const hasty = await openBatchServer({ batch });
    const request = begin(hasty.url);
    request.write(batchHead(2));
    request.write(fileHead());
    const steady = setInterval(() => request.write(bytes(1)), 20);
    expect(await request.answer).toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      message: expect.stringContaining('300 ms'),
    });
    clearInterval(steady);
    request.disconnect();
    await hasty.close();
  });
});

describe('after all that', () => {
  it('nothing was an internal error', () => {
    expect(server.events).toEqual([]);
  });
});
