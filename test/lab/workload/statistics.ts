/** What the tests measure random numbers by. */

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function variance(values: readonly number[]): number {
  const centre = mean(values);
  return mean(values.map((value) => (value - centre) ** 2));
}

/** How far off a value is, as a share of what is expected. */
export function relativeError(value: number, expected: number): number {
  return Math.abs(value - expected) / expected;
}

/**
 * Kolmogorov-Smirnov: the largest distance between the values' distribution and `cumulative`, times √n. Values that do
 * have that distribution exceed 1.95 once in a thousand times.
 */
export function distance(values: readonly number[], cumulative: (value: number) => number): number {
  const sorted = Float64Array.from(values).sort();
  let largest = 0;
  for (const [i, value] of sorted.entries()) {
    const expected = cumulative(value);
    largest = Math.max(largest, expected - i / sorted.length, (i + 1) / sorted.length - expected);
  }
  return largest * Math.sqrt(sorted.length);
}

/** Variance over mean of the numbers of arrivals in windows: 1 for a Poisson process, more the more arrivals cluster. */
export function indexOfDispersion(arrivals: Iterable<number>, windowMs: number, windows: number): number {
  const counts = Array<number>(windows).fill(0);
  for (const at of arrivals) {
    const window = Math.floor(at / windowMs);
    if (window < windows) counts[window] = (counts[window] ?? 0) + 1;
  }
  return variance(counts) / mean(counts);
}

/** Of two series of equal length. */
export function correlation(a: readonly number[], b: readonly number[]): number {
  const [centreA, centreB] = [mean(a), mean(b)];
  const covariance = mean(a.map((value, i) => (value - centreA) * ((b[i] ?? Number.NaN) - centreB)));
  return covariance / Math.sqrt(variance(a) * variance(b));
}
