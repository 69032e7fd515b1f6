/** How ended batches go. */
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Audit } from '../batch-store.ts';
import { rejectsWith } from '../bench.ts';
import { BAD_IMAGE } from '../outcomes.ts';

const EVERYTHING = Number.MAX_SAFE_INTEGER;

export const retentionAudits: readonly Audit[] = [
  {
    id: 'K01',
    promise: 'MUST remove the ended batches that are too old, and no others',
    check: async (bench) => {
      void bench.process().finishAll();
      const ids: string[] = [];
      for (let i = 0; i < 4; i++) ids.push(await bench.completed(['a.jpg']));
      const { createdAt } = await bench.find(ids[2] as string);
      expect((await bench.store.prune(createdAt, 100)).toSorted()).toEqual(ids.slice(0, 2).toSorted());
      expect((await bench.batches()).map(({ id }) => id)).toEqual([ids[3], ids[2]]);
      expect(await bench.store.prune(createdAt, 100)).toEqual([]);
    },
  },
  {
    id: 'K02',
    promise: 'MUST remove all but the latest of those that have ended',
    check: async (bench) => {
      void bench.process().finishAll();
      const ids: string[] = [];
      for (let i = 0; i < 4; i++) ids.push(await bench.completed(['a.jpg']));
      const accepting = await bench.begin([]);
      expect((await bench.store.prune(0, 3)).toSorted()).toEqual([ids[0]]);
      expect((await bench.store.prune(0, 1)).toSorted()).toEqual(ids.slice(1, 3).toSorted());
      expect((await bench.batches()).map(({ id }) => id)).toEqual([accepting, ids[3]]);
    },
  },
  {
    id: 'K03',
    promise: 'MUST NOT remove a batch in which something can still happen',
    check: async (bench) => {
      const cancelled = await bench.upload(['a.jpg', 'b.jpg']);
      const run = await bench.process().next();
      await bench.store.cancel(cancelled);
      const ids = [cancelled, await bench.upload(['a.jpg']), await bench.begin([]), await bench.begin(['a.jpg'])];
      expect(await bench.store.prune(EVERYTHING, 0)).toEqual([]);
      expect((await bench.batches()).map(({ id }) => id)).toEqual(ids.toReversed());
      run.finish(BAD_IMAGE);
      await bench.until(cancelled, ({ failed }) => failed === 1);
      expect(await bench.store.prune(EVERYTHING, 0)).toEqual([cancelled]);
    },
  },
  {
    id: 'K04',
    promise: 'MUST forget a removed batch altogether, and tell of that',
    check: async (bench) => {
      const clientBatchId = randomUUID();
      const runs = bench.process();
      void runs.finishAll();
      const id = await bench.completed(['a.jpg', 'b.jpg'], { clientBatchId });
      const told: (string | null)[] = [];
      bench.store.onChange((changed) => told.push(changed));
      expect(await bench.store.prune(EVERYTHING, 0)).toEqual([id]);
      await bench.eventually(async () => expect(told).toContain(id));
      expect([await bench.store.find(id), await bench.store.find(clientBatchId)]).toEqual([null, null]);
      await rejectsWith('BATCH_NOT_FOUND', bench.store.events(id, 0, 10));
      await rejectsWith('BATCH_NOT_FOUND', bench.store.items(id, { first: 10, after: null, status: null }));
      const { batch, created } = await bench.store.create(bench.newBatch({ clientBatchId }));
      expect([created, batch.total, batch.seq]).toEqual([true, 0, 0]);
      expect(await bench.events(batch.id)).toEqual([]);
      await bench.crash();
      expect(await bench.store.find(id)).toBeNull();
    },
  },
];
