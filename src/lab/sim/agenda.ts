/** Virtual time: events come in the order of their time, then in the order in which they were planned. */

export interface Appointment {
  readonly at: number;
  /** Breaks ties. */
  readonly seq: number;
  readonly action: () => void;
  cancelled: boolean;
}

export class Agenda {
  #now: number;
  /** A binary heap. */
  readonly #items: Appointment[] = [];
  #seq = 0;

  constructor(now = 0) {
    this.#now = now;
  }

  get now(): number {
    return this.#now;
  }

  /** When the next thing happens; `Infinity` if nothing will. */
  get nextAt(): number {
    return this.#items[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  /** A time that has passed means now; `Infinity` means never. */
  add(at: number, action: () => void): Appointment {
    const item = { at: Math.max(at, this.#now), seq: this.#seq++, action, cancelled: false };
    if (item.at < Number.POSITIVE_INFINITY) this.#rise(item);
    return item;
  }

  /** Does the next thing at or before `until`; false if there is none. */
  step(until: number): boolean {
    for (;;) {
      const item = this.#items[0];
      if (!item || item.at > until) return false;
      this.#sink();
      if (item.cancelled) continue;
      this.#now = item.at;
      item.action();
      return true;
    }
  }

  #rise(item: Appointment): void {
    const items = this.#items;
    let place = items.length;
    items.push(item);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = items[parent] as Appointment;
      if (before(above, item)) break;
      items[place] = above;
      place = parent;
    }
    items[place] = item;
  }

  /** Takes the first item out: the last one sinks from its place. */
  #sink(): void {
    const items = this.#items;
    const item = items.pop() as Appointment;
    if (items.length === 0) return;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && before(items[child + 1] as Appointment, items[child] as Appointment)) child++;
      if (before(item, items[child] as Appointment)) break;
      items[place] = items[child] as Appointment;
      place = child;
    }
    items[place] = item;
  }
}

function before(a: Appointment, b: Appointment): boolean {
  return a.at < b.at || (a.at === b.at && a.seq < b.seq);
}
