/** What outlives the process, whether it was killed or closed. */
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Extent } from '../../../src/batches/types.ts';
import type { Audit } from '../batch-store.ts';
import { newItems } from '../new-items.ts';
import { BAD_IMAGE, outcomeOf } from '../outcomes.ts';

export const crashAudits: readonly Audit[] = [
  {
    id: 'C01',
    promise: 'MUST keep all that it has answered when the process dies',
    check: async (bench) => {
      const clientBatchId = randomUUID();
      const ended = await bench.upload(['a.jpg', 'b.jpg'], { clientBatchId, topK: 2 });
      const outcomes = [outcomeOf({ index: 0 }), BAD_IMAGE];
      void bench.process().finishAll(({ index }) => outcomes[index] ?? BAD_IMAGE);
      await bench.until(ended, ({ state }) => state === 'completed');
      const cancelled = await bench.begin(['c.jpg']);
      await bench.until(cancelled, ({ failed, done }) => failed + done === 1);
      await bench.store.cancel(cancelled);
      const look = async () => [
        await bench.batches(),
        await Promise.all([ended, cancelled].map((id) => bench.items(id))),
        await Promise.all([ended, cancelled].map((id) => bench.events(id))),
      ];
      const before = await look();
      await bench.crash();
      expect(await look()).toEqual(before);
      const again = await bench.store.create(bench.newBatch({ clientBatchId }));
      expect([again.created, again.batch.id]).toEqual([false, ended]);
    },
  },
  {
    id: 'C02',
    promise: 'MUST run again what was running when the process died, and nothing that has ended',
    check: async (bench) => {
      const id = await bench.upload(['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg', 'e.jpg']);
      const runs = bench.process(2);
      const [first] = await runs.several(2);
      first?.finish(outcomeOf(first.work));
      await runs.next();
      await bench.until(id, ({ done }) => done === 1);
      await bench.crash();
      const ran: number[] = [];
      void bench.process(2).finishAll((work) => {
        ran.push(work.index);
        return outcomeOf(work);
      });
      const end = await bench.until(id, ({ state }) => state === 'completed');
      expect(end).toMatchObject({ total: 5, done: 5, failed: 0, seq: 6 });
      expect(ran.toSorted()).toEqual([0, 1, 2, 3, 4].filter((index) => index !== first?.work.index));
    },
  },
  {
    id: 'C03',
    promise: 'MUST number events on without a gap after the process died, one for each item',
    check: async (bench) => {
      const id = await bench.upload(['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg']);
      for (let life = 0; life < 2; life++) {
        const runs = bench.process(2);
        const [run] = await runs.several(2);
        run?.finish(BAD_IMAGE);
        await bench.until(id, ({ failed }) => failed === life + 1);
        await bench.crash();
      }
      void bench.process(2).finishAll();
      await bench.until(id, ({ state }) => state === 'completed');
      const events = await bench.events(id);
      expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
      expect(events.map(({ done, failed }) => done + failed)).toEqual([0, 1, 2, 3, 4]);
      const ended = events.flatMap(({ item }) => (item ? [item] : []));
      expect(ended.toSorted((a, b) => a.index - b.index)).toEqual(await bench.items(id));
    },
  },
  {
    id: 'C04',
    promise: 'MUST forget an upload that was under way when its process died',
    check: async (bench) => {
      const clientBatchId = randomUUID();
      const id = await bench.begin(['a.jpg', 'b.jpg'], { clientBatchId });
      const kept = await bench.upload(['c.jpg']);
      await bench.process().next();
      await bench.crash();
      await bench.eventually(async () => expect(await bench.store.find(id)).toBeNull());
      expect(await bench.store.find(clientBatchId)).toBeNull();
      expect((await bench.batches()).map((batch) => batch.id)).toEqual([kept]);
      const runs = bench.process();
      const run = await runs.next();
      expect(run.work.batchId).toBe(kept);
      run.finish(BAD_IMAGE);
      await bench.until(kept, ({ state }) => state === 'completed');
      expect((await bench.store.create(bench.newBatch({ clientBatchId }))).created).toBe(true);
    },
  },
  {
    id: 'C05',
    promise: 'MUST cancel what was running in a cancelled batch when the process died',
    check: async (bench) => {
      const id = await bench.upload(['a.jpg', 'b.jpg']);
      await bench.process().next();
      await bench.store.cancel(id);
      await bench.crash();
      const other = await bench.upload(['c.jpg']);
      const runs = bench.process(2);
      const run = await runs.next();
      expect(run.work.batchId).toBe(other);
      await bench.eventually(async () => expect(await bench.statuses(id)).toEqual(['cancelled', 'cancelled']));
      expect(await bench.find(id)).toMatchObject({ state: 'cancelled', total: 2, cancelled: 2, seq: 2 });
    },
  },
  {
    id: 'C06',
    promise: 'MUST give back what runs when it is closed, once that has let go',
    check: async (bench) => {
      const id = await bench.upload(['a.jpg', 'b.jpg', 'c.jpg']);
      const runs = bench.process(2);
      const [one, two] = await runs.several(2);
      await bench.close();
      expect([one?.signal.aborted, two?.signal.aborted]).toEqual([true, true]);
      await bench.crash();
      expect(await bench.find(id)).toMatchObject({ state: 'running', total: 3, done: 0, failed: 0, seq: 1 });
      void bench.process(2).finishAll();
      expect(await bench.until(id, ({ state }) => state === 'completed')).toMatchObject({ done: 3, seq: 4 });
    },
  },
  {
    id: 'C07',
    promise: 'MUST keep an outcome that comes while it is being closed',
    check: async (bench) => {
      const id = await bench.upload(['a.jpg', 'b.jpg']);
      const started = new Promise<void>((resolve) => {
        bench.store.process((work, signal) => {
          resolve();
          return new Promise((finish) => {
            signal.addEventListener('abort', () => setImmediate(finish, outcomeOf(work)));
          });
        }, 1);
      });
      await started;
      await bench.close();
      await bench.crash();
      expect(await bench.find(id)).toMatchObject({ state: 'running', done: 1, seq: 2 });
      expect((await bench.items(id, 'done')).map(({ outcome }) => outcome)).toEqual([outcomeOf({ index: 0 })]);
    },
  },
  {
    id: 'C08',
    promise: 'MUST know the extents of all items when the process has died',
    check: async (bench) => {
      const names = ['a.jpg', 'bb.jpg', 'ccc.jpg'];
      const id = await bench.upload(names);
      await bench.process().next();
      await bench.crash();
      const extents: Extent[] = [];
      void bench.process().finishAll((work) => {
        extents[work.index] = work.extent;
        return outcomeOf(work);
      });
      await bench.until(id, ({ state }) => state === 'completed');
      expect(extents).toEqual(newItems(names).map(({ extent }) => extent));
    },
  },
];
