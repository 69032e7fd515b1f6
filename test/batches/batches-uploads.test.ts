import { describe, expect, it } from 'vitest';
import type { BatchUpload } from '../../src/batches/spool/upload.ts';
import type { ItemOutcome } from '../../src/batches/types.ts';
import { GatewayError } from '../../src/core/contracts/errors.ts';
import { begin, bytes, NEW, openBatches, until, upload } from './open-batches.ts';

const CAT: ItemOutcome = { ok: true, label: 'cat', confidence: 1, scores: [] };

describe('an upload', () => {
  it('becomes a batch whose items are in the store and whose pictures are in the spool', async () => {
    const { batches, files, spool } = await openBatches();
    const batch = await upload(batches, 2, { topK: 3 });
    expect(batch).toMatchObject({ state: 'running', model: 'm@1', topK: 3, total: 2, createdAt: 1000 });
    expect(await batches.find(batch.id)).toEqual(batch);
    expect((await batches.items(batch.id, { first: 10, after: null, status: null })).nodes).toMatchObject([
      { index: 0, name: '0.jpg', status: 'queued' },
      { index: 1, name: '1.jpg', status: 'queued' },
    ]);
    expect(await files()).toEqual([batch.id]);
    expect(spool.usedBytes).toBe(20);
  });

  it('is worked on before its last file is in', async () => {
    const { batches } = await openBatches({ run: async () => CAT });
    const started = await begin(batches);
    const events = batches.progress(started.batch.id, 0, new AbortController().signal);
    await started.add('0.jpg', bytes(10));
    expect((await events.next()).value).toMatchObject({ state: 'accepting', done: 1, item: { index: 0 } });
    await started.add('1.jpg', bytes(10));
    expect(await started.complete()).toMatchObject({ total: 2 });
  });

  it.each<[string, object, number[][], string, string]>([
    ['a file over the limit', {}, [[10], [60, 41]], 'IMAGE_TOO_LARGE', 'The file "1.jpg" is larger than 100 bytes, '],
    ['too many files', { maxFiles: 2 }, [[1], [1], [1]], 'TOO_MANY_FILES', 'At most 2 files a request are accepted.'],
    [
      'too many bytes',
      {},
      [[90], [90], [90], [31]],
      'BATCH_TOO_LARGE',
      'The files are larger than 300 bytes together, ',
    ],
    ['a full spool', { quotaBytes: 50 }, [[30], [30]], 'SPOOL_FULL', 'The spool holds 30 of 50 bytes.'],
  ])('with %s is refused and leaves nothing behind', async (_what, setup, sizes, code, message) => {
    const { batches, files, spool, store } = await openBatches(setup);
    const started = await begin(batches, { clientBatchId: 'my-batch-of-pictures' });
    const adds = async () => {
      for (const [i, size] of sizes.entries()) await started.add(`${i}.jpg`, bytes(...size));
      await started.complete();
    };
    await expect(adds()).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    expect(await files()).toEqual([]);
    expect(spool.usedBytes).toBe(0);
    expect((await store.list()).nodes).toEqual([]);
    // Neither the place nor the client's id is taken.
    expect(await upload(batches, 1, { clientBatchId: 'my-batch-of-pictures' })).toMatchObject({ total: 1 });
    await begin(batches);
    await begin(batches);
  });

  it('of files of exactly the largest size and number is accepted', async () => {
    const { batches } = await openBatches({ maxFiles: 3, quotaBytes: 300 });
    const started = await begin(batches);
    for (let i = 0; i < 3; i++) await started.add(`${i}.jpg`, bytes(50, 50));
    expect(await started.complete()).toMatchObject({ total: 3 });
  });

  it('of many small files waits for the store, and goes into it bit by bit', async () => {
    const { batches, store } = await openBatches({ maxFiles: 2000, maxBatchBytes: 2000, quotaBytes: 2000 });
    const started = await begin(batches);
    const groups: number[] = [];
    const add = store.add.bind(store);
    store.add = (id, items) => {
      groups.push(items.length);
      return add(id, items);
    };
    for (let i = 0; i < 2000; i++) await started.add(`${i}.jpg`, i % 2 ? bytes(1) : bytes());
    expect(await started.complete()).toMatchObject({ total: 2000 });
    expect(Math.max(...groups)).toBeLessThanOrEqual(200);
  });

  it('without a file is refused and leaves nothing behind', async () => {
    const { batches, store } = await openBatches();
    const started = await begin(batches);
    await expect(started.complete()).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: 'The batch has 0 files; it must have 1 or more.',
    });
    expect((await store.list()).nodes).toEqual([]);
  });

  it('that breaks off leaves nothing behind, also when items of it are running', async () => {
    let running = 0;
    const { batches, store, files } = await openBatches({
      run: (_work, signal) => {
        running++;
        return new Promise((_resolve, reject) => signal.addEventListener('abort', reject));
      },
    });
    const started = await begin(batches);
    await started.add('0.jpg', bytes(10));
    await until(() => running === 1);
    async function* broken() {
      yield Buffer.alloc(10);
      throw new GatewayError('CANCELLED', 'The client went away.');
    }
    await expect(started.add('1.jpg', broken())).rejects.toMatchObject({ message: 'The client went away.' });
    expect(await files()).toEqual([]);
    expect(await batches.find(started.batch.id)).toBeNull();
    expect((await store.list()).nodes).toEqual([]);
  });

  it('that is aborted leaves nothing behind, also while a file arrives', async () => {
    const { batches, files, spool } = await openBatches();
    const started = await begin(batches);
    await started.add('0.jpg', bytes(10));
    let finish = () => {};
    async function* slow() {
      yield Buffer.alloc(10);
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      yield Buffer.alloc(10);
    }
    const adding = started.add('1.jpg', slow());
    await until(() => spool.usedBytes === 20);
    await started.abort();
    finish();
    await expect(adding).rejects.toMatchObject({ code: 'CANCELLED', message: 'The upload was aborted.' });
    expect(await files()).toEqual([]);
    expect(spool.usedBytes).toBe(0);
    expect(await batches.find(started.batch.id)).toBeNull();
    await started.abort();
  });

  it('that is complete cannot be aborted, nor added to', async () => {
    const { batches } = await openBatches();
    const started = await begin(batches);
    await started.add('0.jpg', bytes(10));
    const { id } = await started.complete();
    await started.abort();
    expect(await batches.find(id)).toMatchObject({ state: 'running' });
    await expect(started.add('1.jpg', bytes(10))).rejects.toThrow('The upload is ended');
  });

  it('takes one file at a time', async () => {
    const { batches } = await openBatches();
    const started = await begin(batches);
    const first = started.add('0.jpg', bytes(10));
    await expect(started.add('1.jpg', bytes(10))).rejects.toThrow('The upload is busy');
    await first;
    expect(await started.complete()).toMatchObject({ total: 1 });
  });

  it('is one of a bounded number at a time', async () => {
    const { batches } = await openBatches({ maxUploads: 2 });
    const begun = await Promise.allSettled([begin(batches), begin(batches), begin(batches)]);
    expect(begun.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(begun[2]).toMatchObject({
      reason: { code: 'OVERLOADED', message: '2 of at most 2 batches are being uploaded.', retryAfterMs: 1000 },
    });
    await (begun[0] as PromiseFulfilledResult<BatchUpload>).value.abort();
    await begin(batches);
  });

  it('is ended by the end of the gateway', async () => {
    const { batches, files, store } = await openBatches();
    const started = await begin(batches);
    await started.add('0.jpg', bytes(10));
    await batches.close();
    expect(await files()).toEqual([]);
    expect((await store.list()).nodes).toEqual([]);
  });

  it('that is about to begin is ended by it, too; none begins later', async () => {
    const { batches, files, store } = await openBatches();
    const beginning = begin(batches);
    const refused = { code: 'OVERLOADED', message: 'The gateway is shutting down.' };
    const late = expect(begin(batches, { clientBatchId: 'my-batch-of-pictures' })).rejects.toMatchObject(refused);
    await batches.close();
    expect(await files()).toEqual([]);
    expect((await store.list()).nodes).toEqual([]);
    await expect((await beginning).add('0.jpg', bytes(10))).rejects.toThrow('The upload is ended');
    await late;
    await expect(begin(batches)).rejects.toMatchObject(refused);
  });
});

describe("a client's own id", () => {
  const clientBatchId = '0b9c2c53-7f2a-4a51-8a53-3f0f3a8f6c11';

  it('names the batch from the beginning of its upload', async () => {
    const { batches } = await openBatches();
    const started = await begin(batches, { clientBatchId });
    expect(await batches.find(clientBatchId)).toMatchObject({ id: started.batch.id, state: 'accepting' });
    const events = batches.progress(clientBatchId, null, new AbortController().signal);
    expect((await events.next()).value).toMatchObject({ state: 'accepting', total: 0 });
    await started.add('0.jpg', bytes(10));
    await started.complete();
    expect(await batches.cancel(clientBatchId)).toMatchObject({ state: 'cancelled', cancelled: 1 });
    expect((await batches.items(clientBatchId, { first: 1, after: null, status: null })).nodes).toHaveLength(1);
  });

  it('that was used before brings the same batch, without an upload', async () => {
    const { batches } = await openBatches({ maxUploads: 1 });
    const batch = await upload(batches, 1, { clientBatchId });
    await begin(batches);
    expect(await batches.begin({ ...NEW, clientBatchId, model: 'other@2' })).toEqual(batch);
    await batches.cancel(batch.id);
    expect(await batches.begin({ ...NEW, clientBatchId })).toMatchObject({ id: batch.id, state: 'cancelled' });
  });

  it('whose batch is being uploaded is refused, also when both begin at once', async () => {
    const { batches } = await openBatches();
    const begun = await Promise.allSettled([begin(batches, { clientBatchId }), begin(batches, { clientBatchId })]);
    const refused = {
      code: 'BAD_USER_INPUT',
      message: `clientBatchId "${clientBatchId}" belongs to a batch that is being uploaded.`,
    };
    expect(begun.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(begun.find(({ status }) => status === 'rejected')).toMatchObject({ reason: refused });
    await expect(begin(batches, { clientBatchId })).rejects.toMatchObject(refused);
  });

  it('must be hard to guess, and must not be the id of another batch', async () => {
    const { batches } = await openBatches();
    for (const bad of ['', '123456789012345', 'x'.repeat(129), '../../../../etc', 'with spaces in the middle']) {
      await expect(begin(batches, { clientBatchId: bad })).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
        message: expect.stringContaining('must be 16 to 128 characters'),
      });
    }
    const { id } = await upload(batches, 1);
    await expect(begin(batches, { clientBatchId: id })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: `clientBatchId "${id}" is the id of another batch.`,
    });
  });
});
