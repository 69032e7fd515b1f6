/** What is read of batches, their items and their events, page by page. */
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Audit } from '../batch-store.ts';
import { rejectsWith } from '../bench.ts';
import { BAD_IMAGE, outcomeOf } from '../outcomes.ts';

export const readingAudits: readonly Audit[] = [
  {
    id: 'R01',
    promise: 'MUST list all batches, the latest first, each on one page',
    check: async (bench) => {
      const ids: string[] = [];
      for (let i = 0; i < 7; i++) ids.unshift(await (i % 2 ? bench.upload(['a.jpg']) : bench.begin([])));
      for (const first of [1, 3, 7, 100]) {
        expect((await bench.batches(first)).map(({ id }) => id)).toEqual(ids);
      }
      expect(await bench.batches()).toContainEqual(await bench.find(ids[0] as string));
    },
  },
  {
    id: 'R02',
    promise: 'MUST say that a page is the last one when nothing follows it',
    check: async (bench) => {
      const id = await bench.upload(['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg']);
      const page = { first: 2, after: null, status: null };
      const { nodes, next } = await bench.store.items(id, page);
      expect(nodes).toHaveLength(2);
      expect(next).not.toBeNull();
      const last = await bench.store.items(id, { ...page, after: next });
      expect([last.nodes.length, last.next]).toEqual([2, null]);
      expect((await bench.store.list({ first: 1, after: null })).next).toBeNull();
    },
  },
  {
    id: 'R03',
    promise: 'MUST give all items by index, each on one page',
    check: async (bench) => {
      const names = Array.from({ length: 12 }, (_, i) => `${i}.jpg`);
      const id = await bench.upload(names);
      const expected = names.map((name, index) => ({ index, name, status: 'queued', outcome: null }));
      for (const first of [1, 5, 12]) expect(await bench.items(id, null, first)).toEqual(expected);
    },
  },
  {
    id: 'R04',
    promise: 'MUST give the items of one status only, if asked to',
    check: async (bench) => {
      const id = await bench.upload(['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg', 'e.jpg']);
      const runs = bench.process();
      for (const outcome of [outcomeOf({ index: 0 }), BAD_IMAGE, outcomeOf({ index: 2 })]) {
        (await runs.next()).finish(outcome);
      }
      await runs.next();
      const indexes = async (status: 'queued' | 'running' | 'done' | 'failed' | 'cancelled') =>
        (await bench.items(id, status, 1)).map(({ index }) => index);
      expect(await indexes('done')).toEqual([0, 2]);
      expect(await indexes('failed')).toEqual([1]);
      expect(await indexes('running')).toEqual([3]);
      expect(await indexes('queued')).toEqual([4]);
      await bench.store.cancel(id);
      expect(await indexes('cancelled')).toEqual([4]);
      expect(await indexes('queued')).toEqual([]);
    },
  },
  {
    id: 'R05',
    promise: 'MUST refuse a place in a list that it never gave, with BAD_USER_INPUT',
    check: async (bench) => {
      const id = await bench.upload(['a.jpg']);
      for (const after of ['nonsense', '', '-1', '1e3', '9'.repeat(30)]) {
        await rejectsWith('BAD_USER_INPUT', bench.store.list({ first: 10, after }));
        await rejectsWith('BAD_USER_INPUT', bench.store.items(id, { first: 10, after, status: null }));
      }
    },
  },
  {
    id: 'R06',
    promise: 'MUST give the events after a number, at most so many, and none beyond the end',
    check: async (bench) => {
      const id = await bench.upload(['a.jpg', 'b.jpg', 'c.jpg']);
      void bench.process().finishAll();
      await bench.until(id, ({ state }) => state === 'completed');
      const numbers = async (after: number, limit: number) =>
        (await bench.store.events(id, after, limit)).map(({ seq }) => seq);
      expect(await numbers(0, 100)).toEqual([1, 2, 3, 4]);
      expect(await numbers(0, 2)).toEqual([1, 2]);
      expect(await numbers(2, 1)).toEqual([3]);
      expect(await numbers(3, 100)).toEqual([4]);
      expect(await numbers(4, 100)).toEqual([]);
      expect(await numbers(1_000_000, 100)).toEqual([]);
    },
  },
  {
    id: 'R07',
    promise: 'MUST find a batch by its client batch id, too',
    check: async (bench) => {
      const clientBatchId = randomUUID();
      const id = await bench.upload(['a.jpg'], { clientBatchId });
      expect(await bench.store.find(clientBatchId)).toEqual(await bench.find(id));
    },
  },
  {
    id: 'R08',
    promise: 'MUST find nothing by what is no id, whatever it looks like',
    check: async (bench) => {
      const id = await bench.upload(['a.jpg']);
      const parts = ['status', 'items', 'events', 'outcomes', 'names'].map((part) => `${id}:${part}`);
      for (const none of [...parts, '', '*', `${id}\0`, '☂'.repeat(1000), "' OR 1=1 --"]) {
        expect(await bench.store.find(none)).toBeNull();
      }
    },
  },
];
