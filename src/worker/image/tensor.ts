/** Pixels to the numbers that a model was trained on. */
import type { InputSpec } from '../../models/manifest.ts';

/** Number of floats of one picture. */
export function tensorSize(spec: InputSpec): number {
  return spec.width * spec.height * 3;
}

/**
 * Writes one picture (`rgb`: width × height × 3 bytes, rows from the top) into `out` at `offset`, in the layout, range
 * and normalisation of the manifest.
 */
export function writeTensor(rgb: Uint8Array, spec: InputSpec, out: Float32Array, offset: number): void {
  if (takesBytesAsTheyAre(spec)) out.set(rgb, offset);
  else normalise(rgb, spec, out, offset);
}

function takesBytesAsTheyAre({ layout, range: [low, high], mean, std }: InputSpec): boolean {
  const unscaled = low === 0 && high === 255 && mean.every((m) => m === 0) && std.every((s) => s === 1);
  return layout === 'NHWC' && unscaled;
}

function normalise(rgb: Uint8Array, spec: InputSpec, out: Float32Array, offset: number): void {
  const pixels = spec.width * spec.height;
  const [low, high] = spec.range;
  const interleaved = spec.layout === 'NHWC';
  for (let channel = 0; channel < 3; channel++) {
    const std = spec.std[channel] as number;
    const scale = (high - low) / 255 / std;
    const shift = (low - (spec.mean[channel] as number)) / std;
    let to = offset + (interleaved ? channel : channel * pixels);
    const step = interleaved ? 3 : 1;
    for (let from = channel; from < pixels * 3; from += 3, to += step) out[to] = (rgb[from] as number) * scale + shift;
  }
}
