import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ItemOutcome } from '../../src/batches/types.ts';
import { GatewayError } from '../../src/core/contracts/errors.ts';
import { MemoryStore } from './memory-store.ts';
import { begin, bytes, NEW, openBatches, until, upload } from './open-batches.ts';

const CAT: ItemOutcome = { ok: true, label: 'cat', confidence: 1, scores: [] };

describe('a batch that is not there', () => {
  it('is refused wherever an id is asked for', async () => {
    const { batches } = await openBatches();
    const refused = { code: 'BATCH_NOT_FOUND', message: 'There is no batch "nope".' };
    await expect(batches.items('nope', { first: 1, after: null, status: null })).rejects.toMatchObject(refused);
    await expect(batches.cancel('nope')).rejects.toMatchObject(refused);
    await expect(batches.progress('nope', null, new AbortController().signal).next()).rejects.toMatchObject(refused);
    expect(await batches.find('nope')).toBeNull();
  });
});

describe('cancelling', () => {
  it('removes the pictures of a batch once those that run have ended', async () => {
    const ends: ((outcome: ItemOutcome) => void)[] = [];
    const { batches, files } = await openBatches({ run: () => new Promise((resolve) => ends.push(resolve)) });
    const { id } = await upload(batches, 4);
    await until(() => ends.length === 2);
    expect(await batches.cancel(id)).toMatchObject({ state: 'cancelled', cancelled: 2 });
    expect(await files()).toEqual([id]);
    for (const end of ends) end(CAT);
    await until(async () => (await files()).length === 0);
    expect(await batches.find(id)).toMatchObject({ state: 'cancelled', done: 2, cancelled: 2 });
  });

  it('in the middle of an upload ends it; the batch stays, its pictures do not', async () => {
    const { batches, files } = await openBatches();
    const started = await begin(batches);
    await started.add('0.jpg', bytes(10));
    await until(async () => (await batches.find(started.batch.id))?.total === 1);
    await batches.cancel(started.batch.id);
    await started.add('1.jpg', bytes(10));
    await expect(started.complete()).rejects.toMatchObject({ code: 'CANCELLED' });
    await started.abort();
    expect(await batches.find(started.batch.id)).toMatchObject({ state: 'cancelled', total: 1, cancelled: 1 });
    await until(async () => (await files()).length === 0);
    await begin(batches);
    await begin(batches);
  });

  it('between the last file and the end of an upload is what the upload answers', async () => {
    const { batches } = await openBatches();
    const started = await begin(batches);
    await started.add('0.jpg', bytes(10));
    await until(async () => (await batches.find(started.batch.id))?.total === 1);
    await batches.cancel(started.batch.id);
    expect(await started.complete()).toMatchObject({ state: 'cancelled' });
  });
});

describe('pictures', () => {
  it('stay in the spool until the last item of their batch has ended', async () => {
    const ends: ((outcome: ItemOutcome) => void)[] = [];
    const { batches, files, spool } = await openBatches({ run: () => new Promise((resolve) => ends.push(resolve)) });
    const { id } = await upload(batches, 3);
    await until(() => ends.length === 2);
    ends[1]?.({ ok: false, code: 'BAD_IMAGE', message: 'no picture' });
    await until(() => ends.length === 3);
    ends[0]?.(CAT);
    await until(async () => (await batches.find(id))?.done === 1);
    expect(await files()).toEqual([id]);
    ends[2]?.(CAT);
    await until(async () => (await files()).length === 0);
    await until(() => spool.usedBytes === 0);
    expect(await batches.find(id)).toMatchObject({ state: 'completed', done: 2, failed: 1 });
  });

  it('that a dead process left are found at the start: of batches that have ended, and of batches that are no more', async () => {
    const { batches, store, folder } = await openBatches();
    const half = await upload(batches, 3);
    const ended = await upload(batches, 1);
    const cancelled = await upload(batches, 1);
    const accepting = await begin(batches);
    await accepting.add('0.jpg', bytes(10));
    // As kill -9 leaves it: everything is as it was, but nobody has tidied up.
    store.listeners.clear();
    store.end(half.id, 1, CAT);
    store.end(ended.id, 0, CAT);
    await store.cancel(cancelled.id);
    const unknown = randomUUID();
    await writeFile(join(folder, unknown), 'left');

    const next = await openBatches({ store, folder });
    expect(await next.files()).toEqual([half.id, accepting.batch.id].sort());
    expect(next.spool.usedBytes).toBe(40);
  });

  it('of an upload that ends elsewhere than where it began go as soon as the store says so', async () => {
    const { store, folder, batches } = await openBatches();
    const { batch } = await begin(batches);
    store.listeners.clear();
    const other = await openBatches({ store, folder });
    expect(await other.files()).toEqual([batch.id]);
    await store.discard(batch.id);
    await until(async () => (await other.files()).length === 0);
  });

  it('of an upload that ends elsewhere go also if an item of it is running here', async () => {
    const ends: ((outcome: ItemOutcome) => void)[] = [];
    const { store, folder, batches } = await openBatches();
    const started = await begin(batches);
    const { batch } = started;
    await started.add('0.jpg', bytes(10));
    await until(async () => (await batches.find(batch.id))?.total === 1);
    store.listeners.clear();
    const other = await openBatches({ store, folder, run: () => new Promise((resolve) => ends.push(resolve)) });
    await until(() => ends.length === 1);
    await store.discard(batch.id);
    ends[0]?.(CAT);
    await until(async () => (await other.files()).length === 0);
  });

  it('of batches that are kept no longer go with them', async () => {
    const { batches, files, round, store } = await openBatches();
    const { id } = await upload(batches, 1);
    store.listeners.clear();
    store.end(id, 0, CAT);
    expect(await files()).toEqual([id]);
    for (let i = 0; i < 11; i++) await round();
    expect(await batches.find(id)).toBeNull();
    expect(await files()).toEqual([]);
  });
});

describe('while the store is out of reach', () => {
  it('a gateway starts, says so, and tidies up later', async () => {
    const store = new MemoryStore();
    store.outage = 'Redis is gone.';
    const { batches, folder, files, round, emitted } = await openBatches({ store, started: false });
    await mkdir(folder);
    await writeFile(join(folder, randomUUID()), 'left');
    await batches.start();
    expect(batches.trouble()).toBe('Redis is gone.');
    await expect(begin(batches)).rejects.toMatchObject({ code: 'OVERLOADED', message: 'Redis is gone.' });
    expect(await files()).toHaveLength(1);
    store.outage = null;
    await round();
    expect(batches.trouble()).toBeNull();
    expect(await files()).toEqual([]);
    expect(emitted).toEqual([]);
  });

  it('an upload fails with its error; what is left of it goes in the next round', async () => {
    const { batches, store, files, round } = await openBatches();
    const started = await begin(batches);
    await started.add('0.jpg', bytes(10));
    store.outage = 'Redis is gone.';
    await started.add('1.jpg', bytes(10));
    await expect(started.complete()).rejects.toMatchObject({ code: 'OVERLOADED' });
    await round();
    store.outage = null;
    expect(await batches.find(started.batch.id)).toMatchObject({ state: 'accepting' });
    await round();
    expect(await batches.find(started.batch.id)).toBeNull();
    expect(await files()).toEqual([]);
  });

  it('an upload that fails can be repeated with the same id as soon as the store is back', async () => {
    const { batches, store, files } = await openBatches();
    const clientBatchId = randomUUID();
    const started = await begin(batches, { clientBatchId });
    await started.add('0.jpg', bytes(10));
    store.outage = 'Redis is gone.';
    await expect(started.complete()).rejects.toMatchObject({ code: 'OVERLOADED' });
    store.outage = null;
    const again = await upload(batches, 2, { clientBatchId });
    expect(again).toMatchObject({ clientBatchId, state: 'running', total: 2 });
    expect(again.id).not.toBe(started.batch.id);
    expect(await files()).toEqual([again.id]);
  });

  it('a batch that was sealed though its upload was told otherwise is kept, and given to who asks again', async () => {
    const { batches, store, files, round } = await openBatches();
    const clientBatchId = randomUUID();
    const started = await begin(batches, { clientBatchId });
    await started.add('0.jpg', bytes(10));
    store.onCall = (method) => {
      if (method !== 'seal') return;
      store.onCall = () => {};
      void store.seal(started.batch.id);
      store.outage = 'Redis is gone.';
    };
    await expect(started.complete()).rejects.toMatchObject({ code: 'OVERLOADED' });
    store.outage = null;
    await round();
    expect(await batches.begin({ ...NEW, clientBatchId })).toMatchObject({ id: started.batch.id, state: 'running' });
    expect(await files()).toEqual([started.batch.id]);
  });

  it('a store without room for a word more can forget an upload, for its pictures go first', async () => {
    const { batches, store, files, round } = await openBatches();
    const started = await begin(batches);
    await started.add('0.jpg', bytes(10));
    store.onCall = (method) => {
      if (method === 'add' || method === 'discard') throw new GatewayError('SPOOL_FULL', 'The disk is full.');
    };
    await started.add('1.jpg', bytes(10));
    await expect(started.complete()).rejects.toMatchObject({ code: 'SPOOL_FULL' });
    expect(await files()).toEqual([]);
    store.onCall = () => {};
    await round();
    expect(await batches.find(started.batch.id)).toBeNull();
  });

  it('pictures of a batch that ends meanwhile go when it is back', async () => {
    const ends: ((outcome: ItemOutcome) => void)[] = [];
    const { batches, store, files, round } = await openBatches({
      run: () => new Promise((resolve) => ends.push(resolve)),
    });
    const { id } = await upload(batches, 1);
    await until(() => ends.length === 1);
    store.onCall = (method) => {
      if (method === 'find') store.outage = 'Redis is gone.';
    };
    ends[0]?.(CAT);
    await until(() => store.outage !== null);
    expect(await files()).toEqual([id]);
    store.onCall = () => {};
    store.outage = null;
    await round();
    expect(await files()).toEqual([]);
  });
});

describe('the end of a gateway', () => {
  it('gives back what runs, and leaves no listener and no timer', async () => {
    const { batches, store, clock } = await openBatches({
      run: (_work, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('given back')))),
    });
    const { id } = await upload(batches, 3);
    await batches.close();
    expect((await store.items(id)).nodes.map(({ status }) => status)).toEqual(['queued', 'queued', 'queued']);
    expect(store.listeners.size).toBe(0);
    expect(clock.timers).toBe(0);
  });
});
