/**
 * Records one run in constant memory, however many answers it has. Time is the caller's: what happens is reported in
 * order of time, and the gauges are read as each interval ends.
 */
import { ResponseTimes } from './response-times.ts';
import type { Figure, Run, Sample, Totals } from './run.ts';

/** What cannot be counted up from answers: how things stand at the end of an interval. */
export type Gauges = Omit<Sample, 'atMs' | 'answers' | 'errors' | 'minMs' | 'meanMs' | 'p99Ms' | 'maxMs'>;

const DEFAULT_MAX_SAMPLES = 600;

export class RunRecorder {
  readonly #options: { readonly intervalMs: number; readonly readGauges: () => Gauges; readonly maxSamples: number };
  readonly #samples: Sample[] = [];
  readonly #errorCodes = new Map<string, number>();
  /** Of the closed intervals; that of the present one comes to it as it is closed, so each answer is counted once. */
  readonly #ofRun = new ResponseTimes();
  readonly #ofInterval = new ResponseTimes();
  #intervalStart = 0;
  #errorsOfInterval = 0;
  #errors = 0;
  #lastAnswerAt = 0;

  /** A run that has more than `maxSamples` intervals gets a long last one, from the start of the last to its end. */
  constructor(intervalMs: number, readGauges: () => Gauges, maxSamples = DEFAULT_MAX_SAMPLES) {
    if (!(intervalMs > 0 && Number.isFinite(intervalMs))) {
      throw new RangeError(`An interval has a finite number of ms over 0, not ${intervalMs}.`);
    }
    if (!(Number.isInteger(maxSamples) && maxSamples >= 1)) {
      throw new RangeError(`A run has 1 sample or more at most, not ${maxSamples}.`);
    }
    this.#options = { intervalMs, readGauges, maxSamples };
  }

  /** In ms from the start of the run. The last interval has no end of its own: it goes on to the end of the run. */
  get nextIntervalAt(): number {
    const { intervalMs, maxSamples } = this.#options;
    const number = this.#samples.length + 1;
    return number < maxSamples ? number * intervalMs : Number.POSITIVE_INFINITY;
  }

  /**
   * Closes the intervals that ended before `atMs`. To be called before anything happens at `atMs` that changes the gauges
   * (`nextIntervalAt < atMs` says whether it would do anything); what happens at an interval's last instant is still of it.
   */
  advance(atMs: number): void {
    while (atMs > this.nextIntervalAt) this.#closeInterval(this.nextIntervalAt);
  }

  /** An answer, or an error by its code, that came at `atMs` after `responseMs`. */
  answer(atMs: number, responseMs: number, errorCode: string | null): void {
    if (!(responseMs >= 0 && responseMs < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`A response time is a finite number of ms from 0 on, not ${responseMs}.`);
    }
    if (atMs > this.nextIntervalAt) this.advance(atMs);
    this.#lastAnswerAt = atMs;
    if (errorCode === null) {
      this.#ofInterval.record(responseMs);
    } else {
      this.#errorsOfInterval++;
      this.#errorCodes.set(errorCode, (this.#errorCodes.get(errorCode) ?? 0) + 1);
    }
  }

  /** Ends the run at `endMs`. */
  run(name: string, figures: readonly Figure[], endMs: number): Run {
    if (!(endMs >= this.#lastAnswerAt && Number.isFinite(endMs))) {
      throw new RangeError(`A run ends at its last answer, at ${this.#lastAnswerAt} ms, or later, not at ${endMs} ms.`);
    }
    this.advance(endMs);
    if (endMs > this.#intervalStart || this.#samples.length === 0) this.#closeInterval(endMs);
    const times = this.#ofRun;
    const requests = times.count + this.#errors;
    const totals: Totals = {
      requests,
      errors: this.#errors,
      errorCodes: Object.fromEntries([...this.#errorCodes].sort(([a], [b]) => (a < b ? -1 : 1))),
      durationMs: endMs,
      perSecond: endMs === 0 ? 0 : requests / (endMs / 1_000),
      minMs: times.min,
      meanMs: times.mean,
      p50Ms: times.percentile(50),
      p75Ms: times.percentile(75),
      p90Ms: times.percentile(90),
      p99Ms: times.percentile(99),
      p999Ms: times.percentile(99.9),
      maxMs: times.max,
    };
    return { name, totals, figures, samples: [...this.#samples] };
  }

  #closeInterval(endMs: number): void {
    const times = this.#ofInterval;
    const answered = times.count > 0;
    this.#samples.push({
      atMs: this.#intervalStart,
      answers: times.count + this.#errorsOfInterval,
      errors: this.#errorsOfInterval,
      minMs: answered ? times.min : null,
      meanMs: answered ? times.mean : null,
      p99Ms: answered ? times.percentile(99) : null,
      maxMs: answered ? times.max : null,
      ...this.#options.readGauges(),
    });
    this.#ofRun.add(times);
    times.reset();
    this.#errors += this.#errorsOfInterval;
    this.#errorsOfInterval = 0;
    this.#intervalStart = endMs;
  }
}
