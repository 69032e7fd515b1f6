/** Batches while they are uploaded: created, filled, sealed or discarded. */
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Audit } from '../batch-store.ts';
import { rejectsWith } from '../bench.ts';

export const uploadAudits: readonly Audit[] = [
  {
    id: 'U01',
    promise: 'MUST open a batch that is accepting and empty',
    check: async (bench) => {
      const wanted = bench.newBatch({ clientBatchId: randomUUID(), topK: 3 });
      const expected = { ...wanted, state: 'accepting', total: 0, done: 0, failed: 0, cancelled: 0, seq: 0 };
      expect(await bench.store.create(wanted)).toEqual({ batch: expected, created: true });
      expect(await bench.store.find(wanted.id)).toEqual(expected);
      expect(await bench.events(wanted.id)).toEqual([]);
      expect(await bench.items(wanted.id)).toEqual([]);
    },
  },
  {
    id: 'U02',
    promise: 'MUST answer with the batch that has the client batch id already',
    check: async (bench) => {
      const clientBatchId = randomUUID();
      const id = await bench.upload(['a.jpg'], { clientBatchId });
      const again = await bench.store.create(bench.newBatch({ clientBatchId, model: 'other@2' }));
      expect(again).toEqual({ batch: await bench.find(id), created: false });
      expect(await bench.batches()).toHaveLength(1);
    },
  },
  {
    id: 'U03',
    promise: 'MUST open one batch if the same client batch id comes several times at once',
    check: async (bench) => {
      const clientBatchId = randomUUID();
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => bench.store.create(bench.newBatch({ clientBatchId }))),
      );
      expect(answers.filter(({ created }) => created)).toHaveLength(1);
      expect(new Set(answers.map(({ batch }) => batch.id)).size).toBe(1);
    },
  },
  {
    id: 'U04',
    promise: 'MUST NOT take two batches without a client batch id for the same',
    check: async (bench) => {
      const ids = [await bench.begin([]), await bench.begin([])];
      expect((await bench.batches()).map(({ id }) => id).sort()).toEqual(ids.sort());
    },
  },
  {
    id: 'U05',
    promise: 'MUST find a batch by its id even if another one has that as its client batch id',
    check: async (bench) => {
      const id = await bench.upload(['a.jpg']);
      await bench.store.create(bench.newBatch({ clientBatchId: id }));
      expect((await bench.find(id)).id).toBe(id);
    },
  },
  {
    id: 'U06',
    promise: 'MUST number the items of a batch from 0, also if they come at once',
    check: async (bench) => {
      const id = await bench.begin([]);
      const names = Array.from({ length: 40 }, (_, i) => `${i}.jpg`);
      const indexes = await Promise.all(names.map((name) => bench.add(id, [name])));
      expect(indexes.toSorted((a, b) => a - b)).toEqual(names.map((_, i) => i));
      const items = await bench.items(id);
      expect(items.map(({ index }) => index)).toEqual(names.map((_, i) => i));
      for (const [i, index] of indexes.entries()) expect(items[index]?.name).toBe(names[i]);
      expect(await bench.find(id)).toMatchObject({ state: 'accepting', total: 40, seq: 0 });
    },
  },
  {
    id: 'U07',
    promise: 'MUST keep any file name as it is',
    check: async (bench) => {
      const names = [
        '',
        ' ',
        `'"\`;--%s\\`,
        'a\nb\r\tc',
        'nul \0 inside',
        '☂ 写真 👩‍🚀',
        '__proto__',
        'x'.repeat(5_000),
      ];
      const id = await bench.begin(names);
      expect((await bench.items(id)).map(({ name }) => name)).toEqual(names);
    },
  },
  {
    id: 'U08',
    promise: 'MUST count the complete upload as event 1',
    check: async (bench) => {
      const id = await bench.begin(['a.jpg', 'b.jpg']);
      const sealed = await bench.store.seal(id);
      expect(sealed).toMatchObject({ id, state: 'running', total: 2, done: 0, failed: 0, cancelled: 0, seq: 1 });
      expect(await bench.find(id)).toEqual(sealed);
      expect(await bench.events(id)).toEqual([{ seq: 1, state: 'running', total: 2, done: 0, failed: 0, item: null }]);
    },
  },
  {
    id: 'U09',
    promise: 'MUST NOT count it twice if it is said twice',
    check: async (bench) => {
      const id = await bench.upload(['a.jpg']);
      expect(await bench.store.seal(id)).toEqual(await bench.find(id));
      expect(await bench.events(id)).toHaveLength(1);
    },
  },
  {
    id: 'U10',
    promise: 'MUST refuse an item once the upload is complete, with BAD_USER_INPUT',
    check: async (bench) => {
      const id = await bench.upload(['a.jpg']);
      await rejectsWith('BAD_USER_INPUT', bench.add(id, ['b.jpg']));
      expect(await bench.find(id)).toMatchObject({ total: 1 });
    },
  },
  {
    id: 'U11',
    promise: 'MUST refuse an item once the batch is cancelled, with CANCELLED, and seal it without an event',
    check: async (bench) => {
      const id = await bench.begin(['a.jpg']);
      const cancelled = await bench.store.cancel(id);
      await rejectsWith('CANCELLED', bench.add(id, ['b.jpg']));
      expect(await bench.store.seal(id)).toEqual(cancelled);
      expect(await bench.find(id)).toEqual(cancelled);
    },
  },
  {
    id: 'U12',
    promise: 'MUST forget a discarded batch altogether',
    check: async (bench) => {
      const clientBatchId = randomUUID();
      const id = await bench.begin(['a.jpg'], { clientBatchId });
      await bench.store.discard(id);
      expect([await bench.store.find(id), await bench.store.find(clientBatchId)]).toEqual([null, null]);
      expect(await bench.batches()).toEqual([]);
      await rejectsWith('BATCH_NOT_FOUND', bench.add(id, ['b.jpg']));
      const { batch, created } = await bench.store.create(bench.newBatch({ clientBatchId }));
      expect([batch.total, created]).toEqual([0, true]);
      expect(await bench.items(batch.id)).toEqual([]);
    },
  },
  {
    id: 'U13',
    promise: 'MUST say BATCH_NOT_FOUND of a batch that is not there',
    check: async (bench) => {
      const { store } = bench;
      const none = randomUUID();
      expect(await store.find(none)).toBeNull();
      await rejectsWith('BATCH_NOT_FOUND', bench.add(none, ['a.jpg']));
      await rejectsWith('BATCH_NOT_FOUND', store.seal(none));
      await rejectsWith('BATCH_NOT_FOUND', store.cancel(none));
      await rejectsWith('BATCH_NOT_FOUND', store.items(none, { first: 10, after: null, status: null }));
      await rejectsWith('BATCH_NOT_FOUND', store.events(none, 0, 10));
    },
  },
  {
    id: 'U14',
    promise: 'MUST be out of trouble when nothing is wrong',
    check: async ({ store }) => {
      expect(store.trouble()).toBeNull();
    },
  },
  {
    id: 'U15',
    promise: 'MUST number the items of a group one after the other, in their order, also if groups come at once',
    check: async (bench) => {
      const id = await bench.begin([]);
      const groups = Array.from({ length: 12 }, (_, i) =>
        Array.from({ length: 1 + i }, (_, j) => `${j} of group ${i}`),
      );
      const firsts = await Promise.all(groups.map((names) => bench.add(id, names)));
      const items = await bench.items(id);
      expect(items.map(({ index }) => index)).toEqual(items.map((_, i) => i));
      expect(items).toHaveLength(groups.flat().length);
      for (const [i, names] of groups.entries()) {
        const first = firsts[i] as number;
        expect(items.slice(first, first + names.length).map(({ name }) => name)).toEqual(names);
      }
    },
  },
  {
    id: 'U16',
    promise: 'MUST add a group as a whole or not at all, and show no part of it meanwhile',
    check: async (bench) => {
      const id = await bench.begin([]);
      const seen: number[] = [];
      const attempts = Array.from({ length: 30 }, async (_, i) => {
        if (i === 20) await bench.store.cancel(id);
        const added = bench.add(id, ['a.jpg', 'b.jpg', 'c.jpg']).then(
          () => 3,
          () => 0,
        );
        seen.push((await bench.find(id)).total, (await bench.items(id)).length);
        return added;
      });
      const added = (await Promise.all(attempts)).reduce((sum, count) => sum + count, 0);
      expect(seen.filter((count) => count % 3 !== 0)).toEqual([]);
      expect(await bench.find(id)).toMatchObject({ total: added, cancelled: added });
      expect(await bench.items(id)).toHaveLength(added);
    },
  },
];
