/** What is learned of how long things take. */

/** Share that a new measurement has in the fit of service times. */
const WEIGHT = 0.1;

/**
 * Time of one dispatch by its batch size: a line through the measurements (a fixed cost and one per request), fitted by
 * least squares with exponentially falling weights. Sizes that were never seen are read off the line; as long as all
 * measurements have one size, the time is taken to be proportional to it.
 */
export class ServiceTime {
  readonly #assumedMs: number;
  /** Null until there is a second measurement. */
  #deviation: number | null = null;
  // Weighted means of size, time, size², size × time.
  #n = 0;
  #t = 0;
  #nn = 0;
  #nt = 0;
  #measured = false;

  /** `assumedMs`: one request, until the first measurement. */
  constructor(assumedMs: number) {
    this.#assumedMs = assumedMs;
  }

  add(size: number, ms: number): void {
    if (this.#measured) this.#deviate(Math.abs(ms - this.of(size)) / size);
    const weight = this.#measured ? WEIGHT : 1;
    this.#measured = true;
    this.#n += weight * (size - this.#n);
    this.#t += weight * (ms - this.#t);
    this.#nn += weight * (size * size - this.#nn);
    this.#nt += weight * (size * ms - this.#nt);
  }

  get measured(): boolean {
    return this.#measured;
  }

  /** One dispatch of so many requests, in ms. */
  of(size: number): number {
    if (!this.#measured) return this.#assumedMs * size;
    const variance = this.#nn - this.#n * this.#n;
    const proportional = this.#t / this.#n;
    if (variance < 0.01) return proportional * size;
    const slope = (this.#nt - this.#n * this.#t) / variance;
    const perRequest = Math.min(proportional, Math.max(0, slope));
    return this.#t - perRequest * this.#n + perRequest * size;
  }

  /** How far measurements lie from the estimate: mean absolute difference per request, in ms. */
  get deviationMs(): number {
    return this.#deviation ?? 0;
  }

  #deviate(ms: number): void {
    this.#deviation = this.#deviation === null ? ms : this.#deviation + WEIGHT * (ms - this.#deviation);
  }
}
