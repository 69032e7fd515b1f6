/** The body of the tutorials: sharp and onnxruntime-node as they come, without an option that was not needed to run. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { SIDE } from './graphql.mjs';

export async function createInfer(modelFile, options = {}) {
  const session = await InferenceSession.create(modelFile, options);
  return async (picture) => {
    const rgb = await sharp(picture)
      .rotate()
      .resize(SIDE, SIDE, { fit: 'fill' })
      .flatten()
      .toColourspace('srgb')
      .raw()
      .toBuffer();
    const input = new Tensor('float32', Float32Array.from(rgb), [1, SIDE, SIDE, 3]);
    const { probabilities } = await session.run({ input });
    return probabilities.data;
  };
}
