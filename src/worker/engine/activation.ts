/** Turns a model's raw outputs into probabilities, as the manifest's `activation` says. */
import type { OutputSpec } from '../../models/manifest.ts';

/** Works in place on the first n rows of `values`, each a picture's `labels` floats. */
export function applyActivation(
  activation: OutputSpec['activation'],
  values: Float32Array,
  n: number,
  labels: number,
): void {
  for (let picture = 0; picture < n; picture++) {
    const row = values.subarray(picture * labels, (picture + 1) * labels);
    if (activation === 'softmax') softmax(row);
    if (activation === 'sigmoid') sigmoid(row);
  }
}

function sigmoid(row: Float32Array): void {
  for (const [i, value] of row.entries()) row[i] = 1 / (1 + Math.exp(-value));
}

/** Subtracting the largest value first leaves the result as it is, and keeps `exp` from overflowing. */
function softmax(row: Float32Array): void {
  const largest = row.reduce((a, b) => Math.max(a, b));
  const powers = Float64Array.from(row, (value) => Math.exp(value - largest));
  const sum = powers.reduce((a, b) => a + b);
  for (const [i, power] of powers.entries()) row[i] = power / sum;
}
