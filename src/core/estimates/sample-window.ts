/** 0.9 × 10 is a little more than 9. */
const ROUNDING = 1e-9;

/** The last so many measurements, for quantiles. */
export class SampleWindow {
  readonly #samples: number[] = [];
  readonly #size: number;
  #next = 0;

  constructor(size: number) {
    this.#size = size;
  }

  get count(): number {
    return this.#samples.length;
  }

  add(sample: number): void {
    this.#samples[this.#next] = sample;
    this.#next = (this.#next + 1) % this.#size;
  }

  /** The sample that a share of `q`, 0 to 1, does not exceed; `otherwise` without samples. */
  quantile(q: number, otherwise: number): number {
    if (this.#samples.length === 0) return otherwise;
    const sorted = [...this.#samples].sort((a, b) => a - b);
    const rank = Math.ceil(q * sorted.length - ROUNDING);
    return sorted[Math.min(sorted.length, Math.max(1, rank)) - 1] as number;
  }
}
