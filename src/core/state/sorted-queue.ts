/**
 * A queue in a strict total order whose items can be counted, found and taken out anywhere: a sorted array with a moving
 * head. Items mostly arrive in order and leave from the head, where both are O(1); a search is O(log n), and an insertion
 * or removal in the middle moves the shorter side.
 */
export class SortedQueue<T> {
  readonly #before: (a: T, b: T) => boolean;
  #items: (T | undefined)[] = [];
  #head = 0;

  /** `before` must be a strict total order, so that equal inputs always come out in the same order. */
  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#items.length - this.#head;
  }

  /** The item with so many before it. */
  at(rank: number): T | undefined {
    return this.#items[this.#head + rank];
  }

  peek(): T | undefined {
    return this.#items[this.#head];
  }

  /** How many items come before this one, whether it is in the queue or not. */
  rank(item: T): number {
    let low = this.#head;
    let high = this.#items.length;
    // It mostly belongs to the end.
    if (high > low && this.#before(this.#items[high - 1] as T, item)) return high - low;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#before(this.#items[middle] as T, item)) low = middle + 1;
      else high = middle;
    }
    return low - this.#head;
  }

  push(item: T): void {
    const index = this.#head + this.rank(item);
    if (index === this.#items.length) this.#items.push(item);
    else this.#items.splice(index, 0, item);
  }

  shift(): T | undefined {
    const first = this.#items[this.#head];
    if (first === undefined) return undefined;
    this.#items[this.#head++] = undefined;
    this.#trim();
    return first;
  }

  /** Takes the item out wherever it stands; false if it was not there. */
  delete(item: T): boolean {
    const index = this.#head + this.rank(item);
    if (this.#items[index] !== item) return false;
    if (index - this.#head > this.#items.length - index) {
      this.#items.splice(index, 1);
      return true;
    }
    for (let i = index; i > this.#head; i--) this.#items[i] = this.#items[i - 1];
    this.#items[this.#head++] = undefined;
    this.#trim();
    return true;
  }

  /** Gives back what lies before the head once that is most of the array. */
  #trim(): void {
    if (this.#head < 32 || 2 * this.#head < this.#items.length) return;
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }
}
