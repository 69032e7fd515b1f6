import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchSize, largestBatch, worthWaiting } from '../../../src/core/policies/batching.ts';
import { spill } from '../../../src/core/policies/spill.ts';
import { batches, outcome, startsOf, warmPool } from '../look.ts';

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
    expect(batches(pool)).toEqual([['first'], ['second'], ['a', 'b', 'c'], ['d']]);
  });
});

describe('a batch of bulk requests', () => {
  const limits = { maxBatch: 8, maxBulkBatch: 4 };

  it('is one request while interactive ones come, and more when none came for ten seconds', () => {
    expect(largestBatch(limits, 'bulk', 0)).toBe(1);
    expect(largestBatch(limits, 'bulk', 9_999)).toBe(1);
    expect(largestBatch(limits, 'bulk', 10_000)).toBe(4);
    expect(largestBatch(limits, 'bulk', Number.POSITIVE_INFINITY)).toBe(4);
    expect(largestBatch({ maxBatch: 2, maxBulkBatch: 4 }, 'bulk', 10_000)).toBe(2);
  });

  it('says nothing about those of interactive ones', () => {
    expect(largestBatch(limits, 'interactive', 0)).toBe(8);
  });

  it('is what the next interactive request may have to wait for', () => {
    const pool = warmPool(1, { maxBatch: 8, maxBulkBatch: 2, maxWorkers: 1, bulkShare: 0 });
    const bulk = (...ids: string[]) => {
      for (const id of ids) pool.submit(id, 'a', Number.POSITIVE_INFINITY, 'bulk');
    };
    bulk('p', 'q', 'r', 's');
    pool.runTo(pool.now + 150);
    pool.submit('hurry');
    bulk('t', 'u');
    pool.runTo(pool.now + 1_000);
    expect(batches(pool)).toEqual([['p'], ['q', 'r'], ['hurry'], ['s'], ['t'], ['u']]);
  });
});

describe('the batch delay', () => {
  const options = { maxBatch: 4, batchDelayMs: 50, maxWorkers: 1 };

  it('lets a request wait beside an idle worker for others to share its dispatch', () => {
    const pool = warmPool(1, options);
    pool.submit('p');
    pool.runTo(1_030).submit('q');
    pool.runTo(1_049);
    expect(batches(pool)).toEqual([]);
    pool.runTo(1_050);
    expect(batches(pool)).toEqual([['p', 'q']]);
  });

  it('is over as soon as the batch is full', () => {
    const pool = warmPool(1, options);
    for (const id of ['p', 'q', 'r', 's', 't']) pool.submit(id);
    expect(batches(pool)).toEqual([['p', 'q', 'r', 's']]);
  });

  it('does not begin anew with each request that joins, nor with a more urgent one', () => {
    const pool = warmPool(1, options);
    pool.submit('p');
    pool.runTo(1_040).submit('q', 'a', 20_000);
    pool.runTo(1_050);
    expect(batches(pool)).toEqual([['q', 'p']]);
  });

  it('begins anew for a request that comes after the waiting ones are gone', () => {
    const pool = warmPool(1, options);
    pool.submit('p');
    pool.runTo(1_030).cancel('p');
    pool.runTo(1_500).submit('q');
    pool.runTo(1_549);
    expect(batches(pool)).toEqual([]);
    pool.runTo(1_550);
    expect(batches(pool)).toEqual([['q']]);
  });

  it('does not begin anew for those that a full batch left over', () => {
    const pool = warmPool(1, { ...options, batchDelayMs: 400 });
    // Two full batches, at 1000 and 1100, and one request that joins neither.
    for (const id of ['p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x']) pool.submit(id);
    pool.runTo(1_499);
    expect(batches(pool)).toEqual([
      ['p', 'q', 'r', 's'],
      ['t', 'u', 'v', 'w'],
    ]);
    pool.runTo(1_500);
    expect(batches(pool).at(-1)).toEqual(['x']);
  });

  it('is over for them when it ends while the worker is busy', () => {
    const pool = warmPool(1, options);
    for (const id of ['p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x']) pool.submit(id);
    pool.runTo(1_200);
    expect(batches(pool).at(-1)).toEqual(['x']);
  });

  it.each(['interactive', 'bulk'] as const)('ends in time for the deadline of an %s request', (priority) => {
    const pool = warmPool(1, { ...options, batchDelayMs: 2_000 });
    pool.submit('p');
    pool.submit('q', 'a', 800, priority);
    pool.runToRest();
    // A full batch takes 400 ms.
    expect(batches(pool)[0]).toContain('p');
    expect(pool.job('p').endedAt).toBe(1_500);
    expect(outcome(pool, 'q')).toEqual({ worker: 1, at: priority === 'bulk' ? 1_600 : 1_500 });
  });

  it('does not hold a request that was tried before: it goes alone', () => {
    const fates = [{ ms: 5, dies: true }];
    const serve = () => fates.shift() ?? { ms: 100 };
    const pool = warmPool(1, { ...options, batchDelayMs: 1_000 }, { serve });
    for (const id of ['p', 'q', 'r', 's']) pool.submit(id);
    pool.runToRest();
    expect(batches(pool).slice(1)).toEqual([['p'], ['q'], ['r'], ['s']]);
    expect(pool.job('s').endedAt).toBe(1_005 + 300 + 400);
  });

  it('starts no worker for a request beside an idle one, whatever the policy', () => {
    const pool = warmPool(1, { ...options, maxWorkers: 4, scaling: spill });
    pool.submit('p');
    pool.runTo(1_500);
    expect(pool.job('p')).toMatchObject({ answeredBy: 1, endedAt: 1_150 });
    expect(startsOf(pool)).toHaveLength(1);
  });

  it('holds nobody back without one', () => {
    const pool = warmPool(1, { ...options, batchDelayMs: 0 });
    pool.submit('p');
    expect(batches(pool)).toEqual([['p']]);
  });

  it.each([
    [1_000, Number.POSITIVE_INFINITY, 1_050],
    [1_000, 1_120, 1_020],
    [1_000, 1_080, 980],
  ])('from %d on with a deadline at %d ends at %d, a full batch taking 100 ms', (since, deadlineAt, until) => {
    expect(worthWaiting(since, deadlineAt, 50, 100)).toBe(until);
  });
});
