// The photos of a batch with what became of each: plain data, counted by group as it changes.
import type { BatchItem } from '../../client/gateway-client.ts';

/** Every item is in one of them. */
export type Group = 'waiting' | 'failed' | 'cancelled' | `label:${string}`;
export type Filter = 'all' | Group;

const LABEL = 'label:';

/** Items to show, by position. */
export interface Selection {
  readonly size: number;
  /** Index of the item at this position. */
  at(position: number): number;
  /** Position of the item, or the one where it would stand. */
  positionOf(index: number): number;
}

export class BatchItems {
  readonly #items: BatchItem[] = [];
  readonly #groups: Group[] = [];
  readonly #counts = new Map<Group, number>();
  #selected: { filter: Filter; indices: number[] } | null = null;

  /** `names`: of the photos that are to be sent; none if they are not known yet. */
  constructor(names: readonly string[] = []) {
    for (const name of names) this.#append(name);
  }

  get size(): number {
    return this.#items.length;
  }

  get(index: number): BatchItem | undefined {
    return this.#items[index];
  }

  /** The latest word on an item. What has ended stays so: a page of items may be older than an event. */
  set(item: BatchItem): void {
    while (this.#items.length <= item.index) this.#append('');
    const known = this.#items[item.index];
    if (!known || (hasEnded(known) && !hasEnded(item))) return;
    this.#put(item);
  }

  /** The batch was cancelled: nothing more will happen to those that wait. */
  cancelWaiting(): void {
    for (const item of this.#items) if (!hasEnded(item)) this.#put({ ...item, status: 'CANCELLED' });
  }

  count(filter: Filter): number {
    return filter === 'all' ? this.size : (this.#counts.get(filter) ?? 0);
  }

  /** In the order in which they came up, so that nothing jumps. */
  labels(): string[] {
    const labels: string[] = [];
    for (const [group, count] of this.#counts)
      if (count > 0 && group.startsWith(LABEL)) labels.push(group.slice(LABEL.length));
    return labels;
  }

  select(filter: Filter): Selection {
    if (filter === 'all') return { size: this.size, at: (position) => position, positionOf: (index) => index };
    if (this.#selected?.filter !== filter) this.#selected = { filter, indices: this.#indicesOf(filter) };
    const { indices } = this.#selected;
    return {
      size: indices.length,
      at: (position) => indices[position] ?? 0,
      positionOf: (index) => indices.findIndex((each) => each >= index),
    };
  }

  [Symbol.iterator](): Iterator<BatchItem> {
    return this.#items.values();
  }

  #append(name: string): void {
    const index = this.#items.length;
    this.#items.push(waiting(index, name));
    this.#groups.push('waiting');
    this.#add('waiting', 1);
  }

  #put(item: BatchItem): void {
    const before = this.#groups[item.index] as Group;
    const group = groupOf(item);
    this.#items[item.index] = item;
    this.#groups[item.index] = group;
    this.#add(before, -1);
    this.#add(group, 1);
  }

  #add(group: Group, change: number): void {
    this.#counts.set(group, (this.#counts.get(group) ?? 0) + change);
    if (this.#selected?.filter === group) this.#selected = null;
  }

  #indicesOf(filter: Group): number[] {
    const indices: number[] = [];
    for (const [index, group] of this.#groups.entries()) if (group === filter) indices.push(index);
    return indices;
  }
}

function waiting(index: number, name: string): BatchItem {
  return { index, name, status: 'QUEUED', label: null, confidence: null, error: null };
}

function hasEnded({ status }: BatchItem): boolean {
  return status !== 'QUEUED' && status !== 'RUNNING';
}

function groupOf(item: BatchItem): Group {
  if (!hasEnded(item)) return 'waiting';
  if (item.status === 'DONE') return `label:${item.label}`;
  return item.status === 'FAILED' ? 'failed' : 'cancelled';
}
