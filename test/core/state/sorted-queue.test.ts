import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SortedQueue } from '../../../src/core/state/sorted-queue.ts';

interface Item {
  readonly key: number;
}

const step = fc.record({
  type: fc.constantFrom('push' as const, 'push' as const, 'push' as const, 'shift' as const, 'delete' as const),
  key: fc.nat(300),
});

/** Arrivals mostly in order, as in the queue of a model. */
const inOrder = fc.array(fc.tuple(fc.nat(5), fc.boolean()), { maxLength: 400, size: 'max' });

describe('SortedQueue', () => {
  it('does what a sorted array does', () => {
    const property = fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
      const queue = new SortedQueue<Item>((a, b) => a.key < b.key);
      const items = Array.from({ length: 301 }, (_, key) => ({ key }));
      let sorted: Item[] = [];
      for (const { type, key } of steps) {
        const item = items[key] as Item;
        const there = sorted.includes(item);
        expect(queue.rank(item)).toBe(sorted.filter((other) => other.key < key).length);
        if (type === 'push' && !there) {
          queue.push(item);
          sorted = [...sorted, item].sort((a, b) => a.key - b.key);
        } else if (type === 'shift') {
          expect(queue.shift()).toBe(sorted.shift());
        } else if (type === 'delete') {
          expect(queue.delete(item)).toBe(there);
          sorted = sorted.filter((other) => other !== item);
        }
        expect(queue.size).toBe(sorted.length);
        expect(queue.peek()).toBe(sorted[0]);
        expect(Array.from({ length: queue.size + 1 }, (_, rank) => queue.at(rank))).toEqual([...sorted, undefined]);
      }
    });
    fc.assert(property, { numRuns: 80 });
  });

  it('keeps its order over many more items than it holds at once', () => {
    const property = fc.property(inOrder, (arrivals) => {
      const queue = new SortedQueue<Item>((a, b) => a.key < b.key);
      const left: number[] = [];
      for (const [i, [jitter, leaves]] of arrivals.entries()) {
        queue.push({ key: i + 10 * jitter + i / 1_000 });
        if (!leaves && queue.size < 50) continue;
        left.push(queue.shift()?.key ?? Number.NaN);
        const next = queue.peek()?.key ?? Number.POSITIVE_INFINITY;
        expect(left.at(-1)).toBeLessThan(next);
      }
      while (queue.size > 0) left.push(queue.shift()?.key ?? Number.NaN);
      expect(left).toHaveLength(arrivals.length);
      expect(new Set(left).size).toBe(arrivals.length);
    });
    fc.assert(property, { numRuns: 100 });
  });

  it('gives nothing when it is empty, and does not find what it never held', () => {
    const queue = new SortedQueue<Item>((a, b) => a.key < b.key);
    expect(queue.shift()).toBeUndefined();
    expect(queue.peek()).toBeUndefined();
    expect(queue.delete({ key: 1 })).toBe(false);
    queue.push({ key: 1 });
    expect(queue.delete({ key: 1 }), 'an equal item is not the same').toBe(false);
    expect(queue.size).toBe(1);
  });
});
