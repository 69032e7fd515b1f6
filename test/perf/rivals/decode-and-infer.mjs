/** The body of the tutorials: sharp and onnxruntime-node as they come, without an option that was not needed to run. */
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';

/** `modelDir` is a model version's folder, `manifest` what its manifest.json says. */
export async function createInfer(modelDir, { input, output, artifacts }, options = {}) {
  const session = await InferenceSession.create(join(modelDir, artifacts.onnx.path), options);
  const { width, height, layout, resize } = input;
  const shape = layout === 'NCHW' ? [1, 3, height, width] : [1, height, width, 3];
  return async (picture) => {
    const rgb = await sharp(picture)
      .rotate()
      .resize(width, height, { fit: resize })
      .flatten()
      .toColourspace('srgb')
      .raw()
      .toBuffer();
    const tensor = new Tensor('float32', toFloats(rgb, input), shape);
    const results = await session.run({ [session.inputNames[0]]: tensor });
    return activate(results[session.outputNames[0]].data, output.activation);
  };
}

/** Bytes that the model takes as they are stay so, as in code that is written for one model. */
function toFloats(rgb, { layout, range: [low, high], mean, std }) {
  const planes = layout === 'NCHW';
  if (!planes && low === 0 && high === 255 && !mean && !std) return Float32Array.from(rgb);
  const floats = new Float32Array(rgb.length);
  const pixels = rgb.length / 3;
  for (let channel = 0; channel < 3; channel++) {
    const scale = (high - low) / 255 / (std?.[channel] ?? 1);
    const shift = (low - (mean?.[channel] ?? 0)) / (std?.[channel] ?? 1);
    for (let i = 0; i < pixels; i++) {
      floats[planes ? channel * pixels + i : i * 3 + channel] = rgb[i * 3 + channel] * scale + shift;
    }
  }
  return floats;
}

function activate(values, activation) {
  if (activation === 'sigmoid') return values.map((value) => 1 / (1 + Math.exp(-value)));
  if (activation === 'none') return values;
  const largest = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}
