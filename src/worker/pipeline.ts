/** What a worker does with a batch: decode each picture, infer those that are pictures in one go, report on each. */
import { GatewayError } from '../core/contracts/errors.ts';
import type { ModelVersion } from '../models/manifest.ts';
import { applyActivation } from './engine/activation.ts';
import type { LoadedModel } from './engine/engine.ts';
import { decode } from './image/decode.ts';
import type { DecodeLimits } from './image/decode-limits.ts';
import { tensorSize, writeTensor } from './image/tensor.ts';
import { bytesOf, type Picture } from './picture.ts';
import type { Outcome, Task } from './protocol.ts';

type Decoded = { readonly rgb: Uint8Array; readonly decodeMs: number } | Extract<Outcome, { ok: false }>;

export function createPipeline(
  model: LoadedModel,
  version: ModelVersion,
  limits: DecodeLimits,
): (task: Task) => Promise<readonly Outcome[]> {
  const size = tensorSize(version.input);
  const labels = version.output.labels.length;
  /** Grows to the largest batch seen and is used again for each. */
  let input = new Float32Array(size);

  return async (task) => {
    const decoded = await Promise.all(task.map((picture) => decodeOne(picture, version, limits)));
    const good = decoded.filter((one) => 'rgb' in one);
    if (input.length < good.length * size) input = new Float32Array(good.length * size);
    const started = performance.now();
    for (const [i, { rgb }] of good.entries()) writeTensor(rgb, version.input, input, i * size);
    const output = good.length > 0 ? await model.predict(input.subarray(0, good.length * size), good.length) : input;
    applyActivation(version.output.activation, output, good.length, labels);
    const inferMs = (performance.now() - started) / Math.max(1, good.length);

    let next = 0;
    return decoded.map((one) => {
      if (!('rgb' in one)) return one;
      const probabilities = output.slice(next * labels, ++next * labels);
      return { ok: true, probabilities, decodeMs: one.decodeMs, inferMs };
    });
  };
}

async function decodeOne(picture: Picture, version: ModelVersion, limits: DecodeLimits): Promise<Decoded> {
  const started = performance.now();
  try {
    const rgb = await decode(bytesOf(picture), version.input, limits);
    return { rgb, decodeMs: performance.now() - started };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const { code, message, retryAfterMs } = error;
    return { ok: false, code, message, retryAfterMs };
  }
}
