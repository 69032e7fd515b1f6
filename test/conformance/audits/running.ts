/** Items while they are run, and what cancelling does to them. */
import { expect } from 'vitest';
import type { Extent } from '../../../src/batches/types.ts';
import type { Audit } from '../batch-store.ts';
import { rejectsWith } from '../bench.ts';
import { BAD_IMAGE, outcomeOf } from '../outcomes.ts';

export const runningAudits: readonly Audit[] = [
  {
    id: 'P01',
    promise: 'MUST run items while the upload lasts',
    check: async (bench) => {
      const runs = bench.process();
      const id = await bench.begin(['a.jpg'], { model: 'cat-dog@2', topK: 5 });
      const run = await runs.next();
      expect(run.work).toEqual({
        batchId: id,
        index: 0,
        model: 'cat-dog@2',
        topK: 5,
        extent: { offset: 0, length: 5 },
      });
      expect(run.signal.aborted).toBe(false);
      expect(await bench.statuses(id)).toEqual(['running']);
      run.finish(outcomeOf(run.work));
      expect(await bench.until(id, ({ seq }) => seq === 1)).toMatchObject({ state: 'accepting', total: 1, done: 1 });
      await bench.add(id, ['b.jpg']);
      expect((await runs.next()).work.index).toBe(1);
    },
  },
  {
    id: 'P02',
    promise: 'MUST run what came before it started to, the oldest batch first, in order',
    check: async (bench) => {
      const old = await bench.upload(['a.jpg', 'b.jpg', 'c.jpg']);
      const young = await bench.upload(['d.jpg', 'e.jpg']);
      const runs = bench.process();
      const order: [string, number][] = [];
      for (let i = 0; i < 5; i++) {
        const run = await runs.next();
        order.push([run.work.batchId, run.work.index]);
        run.finish(outcomeOf(run.work));
      }
      expect(order).toEqual([...[0, 1, 2].map((i) => [old, i]), ...[0, 1].map((i) => [young, i])]);
      await bench.until(young, ({ state }) => state === 'completed');
    },
  },
  {
    id: 'P03',
    promise: 'MUST run as many at once as it was told to, and no more',
    check: async (bench) => {
      const id = await bench.upload(Array.from({ length: 9 }, (_, i) => `${i}.jpg`));
      const runs = bench.process(3);
      const three = await runs.several(3);
      expect((await bench.statuses(id)).filter((status) => status === 'running')).toHaveLength(3);
      for (const run of three) run.finish(outcomeOf(run.work));
      void runs.finishAll();
      await bench.until(id, ({ state }) => state === 'completed');
      expect(runs.most).toBe(3);
    },
  },
  {
    id: 'P04',
    promise: 'MUST keep an outcome exactly, and number the events with the counts right after each',
    check: async (bench) => {
      const id = await bench.upload(['a.jpg', 'b.jpg', 'c.jpg']);
      const outcomes = [outcomeOf({ index: 0 }), BAD_IMAGE, outcomeOf({ index: 2 })];
      void bench.process().finishAll(({ index }) => outcomes[index] ?? BAD_IMAGE);
      const end = await bench.until(id, ({ state }) => state === 'completed');
      expect(end).toMatchObject({ total: 3, done: 2, failed: 1, cancelled: 0, seq: 4 });
      const items = [
        { index: 0, name: 'a.jpg', status: 'done', outcome: outcomes[0] },
        { index: 1, name: 'b.jpg', status: 'failed', outcome: outcomes[1] },
        { index: 2, name: 'c.jpg', status: 'done', outcome: outcomes[2] },
      ];
      expect(await bench.items(id)).toEqual(items);
      expect(await bench.events(id)).toEqual([
        { seq: 1, state: 'running', total: 3, done: 0, failed: 0, item: null },
        { seq: 2, state: 'running', total: 3, done: 1, failed: 0, item: items[0] },
        { seq: 3, state: 'running', total: 3, done: 1, failed: 1, item: items[1] },
        { seq: 4, state: 'completed', total: 3, done: 2, failed: 1, item: items[2] },
      ]);
    },
  },
  {
    id: 'P05',
    promise: 'MUST complete a batch with the upload if every item has ended before',
    check: async (bench) => {
      void bench.process().finishAll();
      const id = await bench.begin(['a.jpg', 'b.jpg']);
      expect(await bench.until(id, ({ done }) => done === 2)).toMatchObject({ state: 'accepting', seq: 2 });
      expect(await bench.store.seal(id)).toMatchObject({ state: 'completed', seq: 3 });
      const states = (await bench.events(id)).map(({ state, total }) => [state, total]);
      expect(states.at(-1)).toEqual(['completed', 2]);
      expect(states.slice(0, 2).map(([state]) => state)).toEqual(['accepting', 'accepting']);
    },
  },
  {
    id: 'P06',
    promise: 'MUST run an item again that was given back, and keep one outcome of it',
    check: async (bench) => {
      const id = await bench.upload(['a.jpg']);
      const runs = bench.process();
      for (let i = 0; i < 3; i++) (await runs.next()).giveBack();
      const run = await runs.next();
      expect(run.work.index).toBe(0);
      run.finish(outcomeOf(run.work));
      expect(await bench.until(id, ({ state }) => state === 'completed')).toMatchObject({ done: 1, seq: 2 });
      expect(await bench.events(id)).toHaveLength(2);
    },
  },
  {
    id: 'P07',
    promise: 'MUST tell of every event once it can be read, until nobody wants to know',
    check: async (bench) => {
      const told: (string | null)[] = [];
      const forget = bench.store.onChange((id) => told.push(id));
      const id = await bench.begin(['a.jpg']);
      const runs = bench.process();
      const tells = async () => {
        await bench.eventually(async () => expect(told).toContain(id));
        told.length = 0;
      };
      (await runs.next()).finish(BAD_IMAGE);
      await bench.until(id, ({ failed }) => failed === 1);
      await tells();
      await bench.store.seal(id);
      await tells();
      forget();
      const other = await bench.upload(['b.jpg']);
      (await runs.next()).finish(BAD_IMAGE);
      await bench.until(other, ({ failed }) => failed === 1);
      expect(told).not.toContain(other);
    },
  },
  {
    id: 'P08',
    promise: 'MUST tell that a batch was cancelled, and that it was discarded',
    check: async (bench) => {
      const told: (string | null)[] = [];
      bench.store.onChange((id) => told.push(id));
      const [cancelled, discarded] = [await bench.upload(['a.jpg']), await bench.begin(['a.jpg'])];
      told.length = 0;
      await bench.store.cancel(cancelled);
      await bench.eventually(async () => expect(told).toContain(cancelled));
      await bench.store.discard(discarded);
      await bench.eventually(async () => expect(told).toContain(discarded));
    },
  },
  {
    id: 'P09',
    promise: 'MUST cancel the queued items at once and let the running one finish',
    check: async (bench) => {
      const id = await bench.upload(['a.jpg', 'b.jpg', 'c.jpg']);
      const runs = bench.process();
      const run = await runs.next();
      const cancelled = await bench.store.cancel(id);
      expect(cancelled).toMatchObject({ state: 'cancelled', total: 3, done: 0, failed: 0, cancelled: 2, seq: 2 });
      expect(await bench.statuses(id)).toEqual(['running', 'cancelled', 'cancelled']);
      expect(run.signal.aborted).toBe(false);
      run.finish(outcomeOf(run.work));
      const end = await bench.until(id, ({ done }) => done === 1);
      expect(end).toMatchObject({ state: 'cancelled', done: 1, cancelled: 2, seq: 3 });
      expect((await bench.events(id)).slice(1)).toEqual([
        { seq: 2, state: 'cancelled', total: 3, done: 0, failed: 0, item: null },
        { seq: 3, state: 'cancelled', total: 3, done: 1, failed: 0, item: (await bench.items(id))[0] },
      ]);
    },
  },
  {
    id: 'P10',
    promise: 'MUST NOT run an item of a cancelled batch, nor run one again that is given back, and tell of that',
    check: async (bench) => {
      const id = await bench.upload(['a.jpg', 'b.jpg']);
      const other = await bench.upload(['c.jpg']);
      const runs = bench.process();
      const run = await runs.next();
      await bench.store.cancel(id);
      run.giveBack();
      expect(await bench.until(id, ({ cancelled }) => cancelled === 2)).toMatchObject({ state: 'cancelled', seq: 2 });
      expect(await bench.statuses(id)).toEqual(['cancelled', 'cancelled']);
      const next = await runs.next();
      expect(next.work.batchId).toBe(other);
      next.finish(BAD_IMAGE);
      await bench.until(other, ({ state }) => state === 'completed');
    },
  },
  {
    id: 'P11',
    promise: 'MUST cancel an upload, too: no item comes after it',
    check: async (bench) => {
      const id = await bench.begin(['a.jpg', 'b.jpg']);
      expect(await bench.store.cancel(id)).toMatchObject({ state: 'cancelled', total: 2, cancelled: 2, seq: 1 });
      await rejectsWith('CANCELLED', bench.add(id, ['c.jpg']));
      expect(await bench.events(id)).toEqual([
        { seq: 1, state: 'cancelled', total: 2, done: 0, failed: 0, item: null },
      ]);
    },
  },
  {
    id: 'P12',
    promise: 'MUST NOT change a batch that is completed or cancelled when it is cancelled',
    check: async (bench) => {
      const cancelled = await bench.upload(['a.jpg']);
      const once = await bench.store.cancel(cancelled);
      expect(await bench.store.cancel(cancelled)).toEqual(once);
      void bench.process().finishAll();
      const completed = await bench.completed(['a.jpg']);
      const before = await bench.find(completed);
      expect(await bench.store.cancel(completed)).toEqual(before);
      expect(await bench.find(completed)).toEqual(before);
      expect(await bench.events(completed)).toHaveLength(before.seq);
    },
  },
  {
    id: 'P13',
    promise: 'MUST drop the outcome of an item whose batch was discarded, and go on',
    check: async (bench) => {
      const runs = bench.process();
      const gone = await bench.begin(['a.jpg', 'b.jpg']);
      const run = await runs.next();
      await bench.store.discard(gone);
      run.finish(BAD_IMAGE);
      const id = await bench.upload(['c.jpg']);
      const next = await runs.next();
      expect(next.work.batchId).toBe(id);
      next.finish(outcomeOf(next.work));
      await bench.until(id, ({ state }) => state === 'completed');
      expect(await bench.store.find(gone)).toBeNull();
    },
  },
  {
    id: 'P14',
    promise: 'MUST run each item with the extent that it was added with, also when it is run again',
    check: async (bench) => {
      const extents = [
        { offset: 0, length: 1 },
        { offset: 1, length: 2 ** 32 + 1 },
        { offset: 2 ** 32 + 2, length: 0 },
        { offset: 2 ** 52, length: 123_456_789 },
      ];
      const id = await bench.begin([]);
      const items = extents.map((extent, i) => ({ name: `${i}.jpg`, extent }));
      await bench.store.add(id, items.slice(0, 3));
      await bench.store.add(id, items.slice(3));
      const runs = bench.process();
      const seen: Extent[][] = extents.map(() => []);
      for (let i = 0; i < 2 * extents.length; i++) {
        const run = await runs.next();
        const again = seen[run.work.index]?.push(run.work.extent) === 2;
        if (again) run.finish(outcomeOf(run.work));
        else run.giveBack();
      }
      expect(seen).toEqual(extents.map((extent) => [extent, extent]));
      await bench.until(id, ({ done }) => done === extents.length);
    },
  },
];
