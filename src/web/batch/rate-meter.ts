// How fast a count grows, over the last few seconds.

const WINDOW_MS = 10_000;
/** Less would say little. */
const SHORTEST_MS = 900;

export class RateMeter {
  #samples: { at: number; count: number }[] = [];

  sample(at: number, count: number): void {
    this.#samples = this.#samples.filter((sample) => sample.at >= at - WINDOW_MS);
    this.#samples.push({ at, count });
  }

  /** Null while it is not known. */
  get perSecond(): number | null {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || last.at - first.at < SHORTEST_MS) return null;
    return ((last.count - first.count) / (last.at - first.at)) * 1000;
  }
}
