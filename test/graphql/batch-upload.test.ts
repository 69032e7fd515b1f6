// Facts about uploads of batches: what is accepted, in which order, and that nothing remains of what is not.
import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { query } from '../support/graphql-client.ts';
import { batchHead, postBatch, upload } from './batch-request.ts';
import { type BatchServer, openBatchServer } from './batch-server.ts';
import { begin, END, file, fileHead, map, operations, post } from './raw-http.ts';

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

/** Neither in the store nor in the spool is there more than before. */
async function leavesNothing(act: () => Promise<unknown>): Promise<void> {
  const count = async () => (await server.batches.list({ first: 1000, after: null })).nodes.length;
  const [before, spooled] = [await count(), await server.spooled()];
  await act();
  await vi.waitFor(async () => {
    expect(await count()).toBe(before);
    expect(await server.spooled()).toEqual(spooled);
  });
}

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
    expect(await patient.spool.size(id, 0)).toBe(5);
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

describe('refused, and nothing remains', () => {
  it('no file', () =>
    leavesNothing(async () => {
      expect(await postBatch(server.url, [])).toMatchObject({ code: 'BAD_USER_INPUT' });
    }));

  it('one file more than the limit, which is quoted', () =>
    leavesNothing(async () => {
      expect(await postBatch(server.url, Array(6).fill(bytes(1)))).toMatchObject({
        status: 413,
        code: 'TOO_MANY_FILES',
        message: expect.stringContaining('5 files'),
      });
    }));

  // More, and the map is larger than any may be; still more, and all fields together are.
  it.each([50, 1000, 3000, 10_000, 20_000])('far too many files: %i', (files) =>
    leavesNothing(async () => {
      const request = begin(server.url);
      for (const piece of [batchHead(files), fileHead()]) request.write(piece);
      expect(await request.answer).toMatchObject({
        status: 413,
        code: 'TOO_MANY_FILES',
        message: expect.stringContaining('5 files'),
      });
      request.disconnect();
    }),
  );

  it('a map that is larger than any may be, for one file', () =>
    leavesNothing(async () => {
      const paths = Array(10_000).fill('variables.image');
      const answer = await post(server.url, [operations(), map({ 0: paths }), file(bytes(1))]);
      expect(answer).toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining('bytes each') });
    }));

  it('a file that is one byte too large, behind a good one', () =>
    leavesNothing(async () => {
      expect(await postBatch(server.url, [bytes(1), bytes(100 * KiB + 1), bytes(1)])).toMatchObject({
        code: 'IMAGE_TOO_LARGE',
        message: expect.stringContaining(String(100 * KiB)),
      });
    }));

  it('files that are too large together', () =>
    leavesNothing(async () => {
      expect(await postBatch(server.url, Array(4).fill(bytes(76 * KiB)))).toMatchObject({
        code: 'TOO_MANY_FILES',
        message: expect.stringContaining(String(300 * KiB)),
      });
    }));

  it('a length that is too large, before a byte of a file', () =>
    leavesNothing(async () => {
      const request = begin(server.url, { 'content-length': 375 * KiB });
      for (const piece of [batchHead(2), fileHead()]) request.write(piece);
      expect(await request.answer).toMatchObject({ status: 413, code: 'TOO_MANY_FILES' });
      request.disconnect();
    }));

  it('a length that no request may have, before its first byte', async () => {
    const request = begin(server.url, { 'content-length': 2 ** 30 });
    expect(await request.answer).toMatchObject({ status: 413, code: 'TOO_MANY_FILES' });
    request.disconnect();
  });

  it.each(['deadlineMs', 'priority', 'retryToken'])('the option %s, which does not apply', (name) =>
    leavesNothing(async () => {
      const value = { deadlineMs: 1000, priority: 'BULK', retryToken: 'token' }[name];
      expect(await postBatch(server.url, [bytes(1)], { options: { [name]: value } })).toMatchObject({
        code: 'BAD_USER_INPUT',
        message: expect.stringContaining(name),
      });
    }),
  );

  it.each([
    ['no such model', { options: { model: 'tiger' } }, 'MODEL_NOT_FOUND'],
    ['no score', { options: { topK: 0 } }, 'BAD_USER_INPUT'],
    ['an id that others could guess', { clientBatchId: 'batch1' }, 'BAD_USER_INPUT'],
  ])('%s, before a byte of a file', (_, variables, code) =>
    leavesNothing(async () => {
      const request = begin(server.url);
      for (const piece of [batchHead(2, variables), fileHead()]) request.write(piece);
      expect((await request.answer).code).toBe(code);
      request.disconnect();
    }),
  );

  it('a file name without an end', () =>
    leavesNothing(async () => {
      const answer = await post(server.url, [batchHead(1), named('c'.repeat(1025), 0), Buffer.from('x\r\n')]);
      expect(answer).toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining('1025 characters') });
    }));

  it('a request without any upload', async () => {
    const answer = await query(server.url, 'mutation { classifyBatch(images: []) { id } }');
    expect(answer.errors?.[0]).toMatchObject({
      message: expect.stringContaining('multipart'),
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });

  it.each<[string, Record<string, unknown>, number]>([
    ['a place outside of the list', { 0: ['variables.images.1'] }, 1],
    ['a place far outside of the list', { 0: ['variables.images.4000000000'] }, 1],
    ['one place for two files', { 0: ['variables.images.0'], 1: ['variables.images.0'] }, 2],
    ['two places for one file', { 0: ['variables.images.0', 'variables.images.1'] }, 2],
    ['two lists', { 0: ['variables.images.0'], 1: ['variables.others.1'] }, 2],
    ['a place for no file', { 0: ['variables.images.0'], 1: [] }, 2],
  ])('a map with %s', (_, paths, files) =>
    leavesNothing(async () => {
      const answer = await post(server.url, [
        operations(undefined, { images: Array(files).fill(null), others: Array(files).fill(null) }),
        map(paths),
        file(bytes(1)),
        file(bytes(1), '1'),
      ]);
      expect([400, 413]).toContain(answer.status);
      expect(answer.code).toMatch(/^(BAD_USER_INPUT|TOO_MANY_FILES)$/);
    }),
  );

  it.each([
    ['a file that is sent twice', [file(bytes(1)), file(bytes(1))], 'BAD_USER_INPUT'],
    ['files in another order than that of the list', [file(bytes(1), '1'), file(bytes(1))], 'BAD_USER_INPUT'],
    ['a file that is never sent', [file(bytes(1))], 'BAD_USER_INPUT'],
    ['more files than announced', [file(bytes(1)), file(bytes(1), '1'), file(bytes(1), '2')], 'TOO_MANY_FILES'],
  ])('%s', (_, files, code) =>
    leavesNothing(async () => {
      expect((await post(server.url, [batchHead(2), ...files])).code).toBe(code);
    }),
  );
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
