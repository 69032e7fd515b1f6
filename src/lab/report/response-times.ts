/** Response times in constant memory: exact minimum, mean and maximum, and percentiles from a histogram. */
import { build } from 'hdr-histogram-js';

/** A longer response time counts as this one in percentiles. */
const LONGEST_MS = 24 * 60 * 60 * 1_000;

/** The histogram's unit is 1 µs. */
const UNITS_PER_MS = 1_000;

export class ResponseTimes {
  /** Counters of 64 bits: at 300,000 answers a second, those of 32 bits overflow within hours. */
  readonly #histogram = build({
    highestTrackableValue: LONGEST_MS * UNITS_PER_MS,
    numberOfSignificantValueDigits: 3,
    bitBucketSize: 64,
    autoResize: false,
  });
  #count = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = 0;

  get count(): number {
    return this.#count;
  }

  /** In ms, as the mean and the maximum; NaN without response times. */
  get min(): number {
    return this.#count === 0 ? Number.NaN : this.#min;
  }

  get mean(): number {
    return this.#sum / this.#count;
  }

  get max(): number {
    return this.#count === 0 ? Number.NaN : this.#max;
  }

  record(ms: number): void {
    this.#histogram.recordValue(Math.round(Math.min(ms, LONGEST_MS) * UNITS_PER_MS));
    this.#count++;
    this.#sum += ms;
    if (ms < this.#min) this.#min = ms;
    if (ms > this.#max) this.#max = ms;
  }

  add(others: ResponseTimes): void {
    this.#histogram.add(others.#histogram);
    this.#count += others.#count;
    this.#sum += others.#sum;
    this.#min = Math.min(this.#min, others.#min);
    this.#max = Math.max(this.#max, others.#max);
  }

  /** The smallest time, in ms, that `percent` of the times do not exceed, to within 0.1 % or 1 µs; NaN without times. */
  percentile(percent: number): number {
    if (this.#count === 0) return Number.NaN;
    const ms = this.#histogram.getValueAtPercentile(percent) / UNITS_PER_MS;
    return Math.max(this.#min, Math.min(ms, this.#max));
  }

  reset(): void {
    this.#histogram.reset();
    this.#count = 0;
    this.#sum = 0;
    this.#min = Number.POSITIVE_INFINITY;
    this.#max = 0;
  }
}
