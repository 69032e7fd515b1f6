import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchSize } from '../../../src/core/policies/batching.ts';
import { warmPool } from '../look.ts';

describe('a batch', () => {
  it.each([
    [6, 0, 2, 3],
    [4, 1, 2, 3],
    [1, 3, 2, 1],
    [100, 0, 2, 8],
  ])('of %i waiting and %i running requests for %i workers takes %i', (queued, running, workers, size) => {
    expect(batchSize(queued, running, workers, 8)).toBe(size);
  });

  it('is at least one request, and at most the limit and what waits', () => {
    const positive = fc.integer({ min: 1, max: 1000 });
    fc.assert(
      fc.property(positive, fc.nat({ max: 1000 }), positive, positive, (queued, running, workers, maxBatch) => {
        const size = batchSize(queued, running, workers, maxBatch);
        expect(size).toBeGreaterThanOrEqual(1);
        expect(size).toBeLessThanOrEqual(Math.min(maxBatch, queued));
      }),
    );
  });

  it('leaves the rest to a worker that finishes a moment later', () => {
    const pool = warmPool(2, { maxBatch: 8, maxWorkers: 2 });
    for (const id of ['first', 'second', 'a', 'b', 'c', 'd']) pool.submit(id);
    pool.runTo(pool.now + 100);
    const batches = pool.log.flatMap(({ commands }) =>
      commands.flatMap((command) => (command.type === 'dispatch' ? [command.batch.map(({ job }) => job)] : [])),
    );
    expect(batches).toEqual([['first'], ['second'], ['a', 'b', 'c'], ['d']]);
  });
});
