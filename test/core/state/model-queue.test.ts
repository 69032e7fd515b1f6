import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Priority } from '../../../src/core/contracts/types.ts';
import { fixedKeepAlive } from '../../../src/core/policies/keep-alive.ts';
import { goesFirst } from '../../../src/core/policies/share.ts';
import type { Job } from '../../../src/core/state/model.ts';
import { Model } from '../../../src/core/state/model.ts';
import { ModelQueue } from '../../../src/core/state/model-queue.ts';
import { VirtualPool } from '../virtual-pool.ts';

const model = new Model('a', new VirtualPool({ keepAlive: fixedKeepAlive(0) }).options);

function job(seq: number, priority: Priority, orderedBy = seq, attempts = 0): Job {
  const times = { deadlineAt: Number.POSITIVE_INFINITY, orderedBy, submittedAt: 0, predictedWaitMs: 0 };
  return { id: `${priority} ${seq}`, model, priority, ...times, seq, attempts, worker: null, spilled: false };
}

function fill(queue: ModelQueue<Job>, interactive: number, bulk: number): void {
  for (let i = 0; i < interactive; i++) queue.push(job(i, 'interactive'));
  for (let i = 0; i < bulk; i++) queue.push(job(1_000 + i, 'bulk'));
}

/** `i` or `b` for each request, in the order in which they are taken. */
function takeAll(queue: ModelQueue<Job>, limit: number): string {
  const taken: Job[] = [];
  while (queue.size > 0) taken.push(...queue.take(limit));
  return taken.map(({ priority }) => priority[0]).join('');
}

describe('whose turn it is', () => {
  it('is the interactive requests, unless bulk is owed one or is alone', () => {
    expect(goesFirst(3, 3, 0.99)).toBe('interactive');
    expect(goesFirst(3, 3, 1)).toBe('bulk');
    expect(goesFirst(0, 3, -5)).toBe('bulk');
    expect(goesFirst(3, 0, 5)).toBe('interactive');
    expect(goesFirst(0, 0, 0)).toBe('interactive');
  });
});

describe('the queue of a model', () => {
  it('serves the earliest deadline first, then the order of arrival', () => {
    const queue = new ModelQueue<Job>(0.2);
    const jobs = [job(0, 'bulk', 500), job(1, 'bulk', 300), job(2, 'bulk', 500), job(3, 'bulk', 100)];
    for (const one of jobs) queue.push(one);
    expect(queue.take(10).map(({ seq }) => seq)).toEqual([3, 1, 0, 2]);
  });

  it.each([
    [0, 'iiiiiiiibbbbbbbb'],
    [0.2, 'iiiibiiiibbbbbbb'],
    [0.5, 'ibibibibibibibib'],
    [0.75, 'ibbbibbbibbiiiii'],
  ])('gives bulk a share of %d while both wait', (share, order) => {
    const queue = new ModelQueue<Job>(share);
    fill(queue, 8, 8);
    expect(takeAll(queue, 1)).toBe(order);
  });

  it('takes one class at a time, and lets bulk pay for a batch that was larger than what it was owed', () => {
    const queue = new ModelQueue<Job>(0.5);
    fill(queue, 12, 12);
    expect(queue.take(1)[0]?.priority).toBe('interactive');
    expect(queue.take(4).map(({ priority }) => priority[0])).toEqual(['b', 'b', 'b', 'b']);
    for (let i = 0; i < 4; i++) expect(queue.take(1)[0]?.priority).toBe('interactive');
    expect(queue.peek()?.priority).toBe('bulk');
  });

  it('begins a new account whenever one class is gone', () => {
    const queue = new ModelQueue<Job>(0.5);
    fill(queue, 3, 1);
    expect(takeAll(queue, 2)).toBe('iibi');
    fill(queue, 2, 2);
    expect(takeAll(queue, 1)).toBe('ibib');
  });

  it('lets a retried request go alone', () => {
    const queue = new ModelQueue<Job>(0);
    for (const one of [job(1, 'bulk'), job(2, 'bulk', 2, 1), job(3, 'bulk', 3, 1), job(4, 'bulk'), job(5, 'bulk')]) {
      queue.push(one);
    }
    const batches = [1, 2, 3, 4].map(() => queue.take(8).map(({ seq }) => seq));
    expect(batches).toEqual([[1], [2], [3], [4, 5]]);
  });

  it('knows how many go before a request, of both classes, as things stand', () => {
    const share = fc.constantFrom(0, 0.2, 0.5, 0.75);
    const counts = fc.tuple(fc.nat(12), fc.nat(12));
    const before = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 5 });
    const property = fc.property(
      share,
      counts,
      before,
      fc.constantFrom('interactive' as const, 'bulk' as const),
      fc.nat(14),
      (share, [interactive, bulk], before, priority, rank) => {
        const queue = new ModelQueue<Job>(share);
        // What came before leaves its debts.
        fill(queue, 10, 10);
        for (const size of before) queue.take(size);
        const late = (i: number) => job(5_000 + i, i % 2 === 0 ? 'interactive' : 'bulk');
        for (let i = 0; i < interactive; i++) queue.push(late(2 * i));
        for (let i = 0; i < bulk; i++) queue.push(late(2 * i + 1));
        const asked = job(9_999, priority, queue.of(priority).at(rank)?.orderedBy ?? 9_999);
        const ahead = queue.ahead(asked);
        queue.push(asked);
        let taken = 0;
        while (queue.peek() !== asked) taken += queue.take(1).length;
        expect(ahead).toBe(taken);
      },
    );
    fc.assert(property, { numRuns: 500 });
  });

  it('never foretells less than none', () => {
    const queue = new ModelQueue<Job>(0.2);
    fill(queue, 12, 12);
    queue.take(4);
    queue.take(8);
    expect(queue.ahead(job(0, 'interactive', -1))).toBe(0);
    expect(queue.ahead(job(0, 'bulk', -1))).toBeGreaterThanOrEqual(0);
  });
});
