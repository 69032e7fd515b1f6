import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IndexedHeap } from '../../src/core/queue.ts';

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant('push' as const), item: fc.nat(200) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('pop' as const), item: fc.constant(0) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('delete' as const), item: fc.nat(200) }) },
);

describe('IndexedHeap', () => {
  it('does what a sorted array does', () => {
    const steps = fc.array(step, { maxLength: 150, size: 'max' });
    const property = fc.property(steps, (steps) => {
      const heap = new IndexedHeap<number>((a, b) => a < b);
      let sorted: number[] = [];
      for (const { type, item } of steps) {
        if (type === 'push' && !sorted.includes(item)) {
          heap.push(item);
          sorted = [...sorted, item].sort((a, b) => a - b);
        } else if (type === 'pop') {
          expect(heap.pop()).toBe(sorted.shift());
        } else if (type === 'delete') {
          expect(heap.delete(item)).toBe(sorted.includes(item));
          sorted = sorted.filter((other) => other !== item);
        }
        expect(heap.size).toBe(sorted.length);
        expect(heap.peek()).toBe(sorted[0]);
      }
      while (sorted.length > 0) expect(heap.pop()).toBe(sorted.shift());
      expect(heap.pop()).toBeUndefined();
    });
    fc.assert(property, { numRuns: 200 });
  });
});
