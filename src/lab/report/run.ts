/** What one run under load came to, simulated or live: what the tables, the JSON and the HTML page are made of. */

/** One interval of a run. Null is what this kind of run does not know. */
export interface Sample {
  /** Start of the interval, in ms from the start of the run. It ends where the next one starts, the last one with the run. */
  readonly atMs: number;
  /** Answers within the interval, and errors among them. */
  readonly answers: number;
  readonly errors: number;
  /** Response times of the answers of the interval that are no errors, in ms; null if there was none. */
  readonly minMs: number | null;
  readonly meanMs: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
  /** At the end of the interval: requests sent and not yet answered. */
  readonly inFlight: number;
  /** At the end of the interval: workers that are warm, those of them that work, those that start; requests that wait. */
  readonly reserved: number;
  readonly reservedBusy: number;
  readonly onDemand: number;
  readonly onDemandBusy: number;
  readonly starting: number;
  readonly queued: number;
  /** Workers started since the start of the run. */
  readonly coldStarts: number;
  /** Resident set size, in bytes. */
  readonly memoryBytes: number | null;
}

/** The figures of a whole run. Response times are of the answers that are no errors; NaN if there was none. */
export interface Totals {
  /** Requests that were answered, errors included. */
  readonly requests: number;
  readonly errors: number;
  /** Errors by code, `OVERLOADED` for one. */
  readonly errorCodes: Readonly<Record<string, number>>;
  readonly durationMs: number;
  /** Answers per second, errors included. */
  readonly perSecond: number;
  readonly minMs: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p75Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
}

export interface Run {
  /** What is compared: a policy's name, mostly. */
  readonly name: string;
  readonly totals: Totals;
  /** Further figures, in the order in which they are shown: accounting of the scheduler, cost. */
  readonly figures: readonly Figure[];
  readonly samples: readonly Sample[];
}

export interface Figure {
  /** In JSON, `coldServed`. */
  readonly key: string;
  /** In tables, `cold-served`. */
  readonly label: string;
  readonly value: number;
  /** Digits after the point. */
  readonly digits: number;
}
