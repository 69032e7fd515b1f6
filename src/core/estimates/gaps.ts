/**
 * How long a level of the pool (see `state/levels.ts`) stays unused before it is needed again: a histogram of such gaps. Its bins are a
 * twelfth of a doubling wide (6 %), from 10 ms to 4 hours, because cold starts here last from milliseconds to minutes. Old gaps
 * fade: all weights are halved whenever they add up to 1000.
 */
const FIRST_MS = 10;
const LAST_MS = 4 * 3_600_000;
const BINS_PER_DOUBLING = 12;
const BINS = Math.ceil(Math.log2(LAST_MS / FIRST_MS) * BINS_PER_DOUBLING) + 2;
const MOST = 1000;

export class GapHistogram {
  readonly #weights = new Array<number>(BINS).fill(0);
  #total = 0;

  get total(): number {
    return this.#total;
  }

  add(ms: number): void {
    const bin = ms <= FIRST_MS ? 0 : Math.ceil(Math.log2(ms / FIRST_MS) * BINS_PER_DOUBLING);
    const index = Math.min(BINS - 1, bin);
    this.#weights[index] = (this.#weights[index] as number) + 1;
    this.#total++;
    if (this.#total < MOST) return;
    this.#total = 0;
    for (const [i, weight] of this.#weights.entries()) {
      this.#weights[i] = weight / 2;
      this.#total += weight / 2;
    }
  }

  /** By bin, from the shortest gaps on; see `upperBoundMs`. */
  get weights(): readonly number[] {
    return this.#weights;
  }

  /** The gap that a share of `q` of them does not exceed; `Infinity` if those over 4 hours are needed for it. */
  quantile(q: number): number {
    let sum = 0;
    for (let bin = 0; bin < BINS; bin++) {
      sum += this.#weights[bin] as number;
      if (sum > 0 && sum >= q * this.#total) return upperBoundMs(bin);
    }
    return Number.POSITIVE_INFINITY;
  }
}

/** The longest gap of a bin, in ms; `Infinity` for the last one. */
export function upperBoundMs(bin: number): number {
  return BOUNDS[bin] as number;
}

const BOUNDS = Array.from({ length: BINS }, (_, bin) =>
  bin === BINS - 1 ? Number.POSITIVE_INFINITY : FIRST_MS * 2 ** (bin / BINS_PER_DOUBLING),
);
