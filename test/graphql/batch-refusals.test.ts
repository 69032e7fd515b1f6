// Facts about uploads of batches that are refused: with which code, how early, and that nothing remains of them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { begin, END, file, fileHead, map, operations, post } from '../http/raw-http.ts';
import { query } from '../support/graphql-client.ts';
import { batchHead, postBatch } from './batch-request.ts';
import { type BatchServer, leavesNothing as nothingRemains, openBatchServer } from './batch-server.ts';

const KiB = 1024;

let server: BatchServer;
beforeAll(async () => {
  const batch = { maxFiles: 5, maxBytes: 300 * KiB, timeoutMs: 5_000 };
  server = await openBatchServer(
    { maxUploadBytes: 100 * KiB, batch },
    { maxFiles: 5, maxFileBytes: 100 * KiB, maxBatchBytes: 300 * KiB },
  );
  server.finish(Number.POSITIVE_INFINITY);
});
afterAll(() => server.close());

const bytes = (length: number) => Buffer.alloc(length, 'x');
const named = (name: string, key: number) => Buffer.from(fileHead(`${key}`).toString().replace('cat.jpg', name));

const leavesNothing = (act: () => Promise<unknown>) => nothingRemains(server, act);

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
        code: 'BATCH_TOO_LARGE',
        message: expect.stringContaining(String(300 * KiB)),
      });
    }));

  it('a length that is too large, before a byte of a file', () =>
    leavesNothing(async () => {
      const request = begin(server.url, { 'content-length': 375 * KiB });
      for (const piece of [batchHead(2), fileHead()]) request.write(piece);
      expect(await request.answer).toMatchObject({ status: 413, code: 'BATCH_TOO_LARGE' });
      request.disconnect();
    }));

  it('a length that no request may have, before its first byte', async () => {
    const request = begin(server.url, { 'content-length': 2 ** 30 });
    expect(await request.answer).toMatchObject({ status: 413, code: 'BATCH_TOO_LARGE' });
    request.disconnect();
  });

  it.each(['deadlineMs', 'priority'])('the option %s, which does not apply', (name) =>
    leavesNothing(async () => {
      const value = { deadlineMs: 1000, priority: 'BULK' }[name];
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
    ['a file behind the last boundary', [file(bytes(1)), END, file(bytes(1), '1'), fileHead('1')], 'BAD_USER_INPUT'],
    ['a file that is never sent', [file(bytes(1))], 'BAD_USER_INPUT'],
    ['more files than announced', [file(bytes(1)), file(bytes(1), '1'), file(bytes(1), '2')], 'TOO_MANY_FILES'],
  ])('%s', (_, files, code) =>
    leavesNothing(async () => {
      expect((await post(server.url, [batchHead(2), ...files])).code).toBe(code);
    }),
  );
});

describe('after all that', () => {
  it('nothing was an internal error', () => {
    expect(server.events).toEqual([]);
  });
});
