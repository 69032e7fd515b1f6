/**
 * A priority queue whose items can also be taken out of the middle: a binary heap with an index from item to place.
 * push, pop and delete are O(log n); peek, has and size are O(1).
 */
export class IndexedHeap<T> {
  readonly #before: (a: T, b: T) => boolean;
  readonly #items: T[] = [];
  readonly #places = new Map<T, number>();

  /** `before` must be a strict total order, so that equal inputs always come out in the same order. */
  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#items.length;
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    this.#items.push(item);
    this.#places.set(item, this.#items.length - 1);
    this.#rise(this.#items.length - 1);
  }

  pop(): T | undefined {
    const first = this.#items[0];
    if (first !== undefined) this.delete(first);
    return first;
  }

  /** Takes the item out wherever it stands; false if it was not there. */
  delete(item: T): boolean {
    const place = this.#places.get(item);
    if (place === undefined) return false;
    this.#places.delete(item);
    const last = this.#items.pop() as T;
    if (last !== item) {
      this.#put(place, last);
      this.#rise(place);
      this.#sink(this.#places.get(last) as number);
    }
    return true;
  }

  #put(place: number, item: T): void {
    this.#items[place] = item;
    this.#places.set(item, place);
  }

  #rise(from: number): void {
    const item = this.#items[from] as T;
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = this.#items[parent] as T;
      if (!this.#before(item, above)) break;
      this.#put(place, above);
      place = parent;
    }
    this.#put(place, item);
  }

  #sink(from: number): void {
    const item = this.#items[from] as T;
    let place = from;
    for (;;) {
      const left = 2 * place + 1;
      if (left >= this.#items.length) break;
      const right = left + 1;
      const rightFirst = right < this.#items.length && this.#before(this.#items[right] as T, this.#items[left] as T);
      const child = rightFirst ? right : left;
      const below = this.#items[child] as T;
      if (!this.#before(below, item)) break;
      this.#put(place, below);
      place = child;
    }
    this.#put(place, item);
  }
}
