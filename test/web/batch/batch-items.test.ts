// Facts about the photos of a batch: what is known of each, how they are counted, and what a filter selects.
import { describe, expect, it } from 'vitest';
import { BatchItems, type Filter } from '../../../src/web/batch/batch-items.ts';
import { done, failed, queued } from './items.ts';

function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `folder/${index}.jpg`);
}

function selected(items: BatchItems, filter: Filter): number[] {
  const selection = items.select(filter);
  return Array.from({ length: selection.size }, (_, position) => selection.at(position));
}

describe('BatchItems', () => {
  it('has every photo wait at first', () => {
    const items = new BatchItems(names(3));
    expect([items.size, items.count('all'), items.count('waiting'), items.count('failed')]).toEqual([3, 3, 3, 0]);
  });

  it('counts each photo in one group, and again when it changes', () => {
    const items = new BatchItems(names(4));
    for (const item of [done(0), done(1, 'dog'), failed(2)]) items.set(item);
    expect(items.count('label:cat')).toBe(1);
    expect(items.count('label:dog')).toBe(1);
    expect(items.count('failed')).toBe(1);
    expect(items.count('waiting')).toBe(1);
  });

  it('keeps what has ended when an older page says that it waits', () => {
    const items = new BatchItems(names(1));
    items.set(done(0));
    items.set(queued(0));
    expect(items.get(0)?.status).toBe('DONE');
  });

  it('grows with items that it did not know, in whatever order they come', () => {
    const items = new BatchItems();
    items.set(done(2));
    items.set(queued(0));
    expect(items.size).toBe(3);
    expect([...items].map(({ name }) => name)).toEqual(['0.jpg', '', '2.jpg']);
  });

  it('selects by group in the order of the upload, and anew after a change', () => {
    const items = new BatchItems(names(4));
    for (const item of [done(3), failed(0), done(1)]) items.set(item);
    expect(selected(items, 'label:cat')).toEqual([1, 3]);
    items.set(done(2));
    expect(selected(items, 'label:cat')).toEqual([1, 2, 3]);
    expect(selected(items, 'failed')).toEqual([0]);
    expect(selected(items, 'all')).toEqual([0, 1, 2, 3]);
  });

  it('finds the position of an item within a selection', () => {
    const items = new BatchItems(names(4));
    for (const item of [done(1), done(3)]) items.set(item);
    expect(items.select('label:cat').positionOf(3)).toBe(1);
    expect(items.select('all').positionOf(3)).toBe(3);
  });

  it('lists labels in the order in which they came up', () => {
    const items = new BatchItems(names(3));
    for (const item of [done(2, 'dog'), failed(1), done(0, 'cat')]) items.set(item);
    expect(items.labels()).toEqual(['dog', 'cat']);
  });

  it('cancels what waits and nothing else', () => {
    const items = new BatchItems(names(3));
    items.set(done(0));
    items.set(failed(1));
    items.cancelWaiting();
    expect([...items].map(({ status }) => status)).toEqual(['DONE', 'FAILED', 'CANCELLED']);
    expect([items.count('waiting'), items.count('cancelled')]).toEqual([0, 1]);
  });
});
