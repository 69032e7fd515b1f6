/** Virtual time: what was asked for is done in the order of time, then in the order in which it was asked for. */
export interface Appointment {
  cancel(): void;
}

interface Item {
  readonly at: number;
  readonly action: () => void;
}

export class Agenda {
  #now = 0;
  #items: Item[] = [];

  get now(): number {
    return this.#now;
  }

  /** A time that has passed means now; `Infinity` means never. */
  add(at: number, action: () => void): Appointment {
    const item = { at: Math.max(at, this.#now), action };
    if (at < Number.POSITIVE_INFINITY) this.#items.push(item);
    const cancel = () => {
      this.#items = this.#items.filter((other) => other !== item);
    };
    return { cancel };
  }

  /** Does everything up to and at `time`; with `Infinity`, until nothing is left, and time stays at the last item. */
  runTo(time: number): void {
    for (let item = this.#first(time); item; item = this.#first(time)) {
      const done = item;
      this.#items = this.#items.filter((other) => other !== done);
      this.#now = item.at;
      item.action();
    }
    if (Number.isFinite(time)) this.#now = Math.max(this.#now, time);
  }

  #first(before: number): Item | undefined {
    let first: Item | undefined;
    for (const item of this.#items) if (item.at <= before && (!first || item.at < first.at)) first = item;
    return first;
  }
}
