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
  count = 0;
  /** In ms, as the mean and the maximum; NaN without response times. */
  min = Number.NaN;
  max = Number.NaN;
  #sum = 0;

  get mean(): number {
    return this.#sum / this.count;
  }

  record(ms: number): void {
    this.#histogram.recordValue(Math.round(Math.min(ms, LONGEST_MS) * UNITS_PER_MS));
    this.#add(1, ms, ms, ms);
  }

  add(others: ResponseTimes): void {
    if (others.count === 0) return;
    this.#histogram.add(others.#histogram);
    this.#add(others.count, others.#sum, others.min, others.max);
  }

  /** The smallest time, in ms, that `percent` of the times do not exceed, to within 0.1 % or 1 µs; NaN without times. */
  percentile(percent: number): number {
    const ms = this.#histogram.getValueAtPercentile(percent) / UNITS_PER_MS;
    return Math.max(this.min, Math.min(ms, this.max));
  }

  reset(): void {
    this.#histogram.reset();
    this.count = this.#sum = 0;
    this.min = this.max = Number.NaN;
  }

  #add(count: number, sum: number, min: number, max: number): void {
    this.count += count;
    this.#sum += sum;
    // A comparison with NaN is false.
    if (!(this.min <= min)) this.min = min;
    if (!(this.max >= max)) this.max = max;
  }
}
