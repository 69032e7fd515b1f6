/** The shapes on both sides of an engine: what goes into a model, and whether what came out is what the manifest says. */
import type { InputSpec, ModelVersion } from '../../models/manifest.ts';

/** The input's shape for n pictures: [n, height, width, 3] or [n, 3, height, width]. */
export function inputShape({ layout, height, width }: InputSpec, n: number): [number, number, number, number] {
  return layout === 'NHWC' ? [n, height, width, 3] : [n, 3, height, width];
}

/** Returns `output` if it is n × labels floats; throws what was expected and what came if it is not. */
export function checkedOutput(version: ModelVersion, n: number, output: unknown): Float32Array {
  const labels = version.output.labels.length;
  if (output instanceof Float32Array && output.length === n * labels) return output;
  const found = ArrayBuffer.isView(output)
    ? `${output.byteLength} bytes of ${output.constructor.name}`
    : `a ${typeof output}`;
  throw new Error(
    `${version.key} must answer ${n} pictures with ${n} × ${labels} floats, one for each label; it gave ${found}`,
  );
}
