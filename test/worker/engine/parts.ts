/** The models, photos and engines that the engine tests work with, and where to get those that are missing. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import type { EngineName } from '../../../src/core/contracts/engines.ts';
import type { InputSpec, ModelVersion } from '../../../src/models/manifest.ts';
import { loadsHere, openEngine } from '../../../src/worker/engine/select.ts';
import type { Part } from '../../support/require-part.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

export const modelDir = join(root, 'model');
export const fixtureModelDir = join(root, 'test/fixtures/models');
export const unloadableModelDir = join(root, 'test/fixtures/models-unloadable');

export async function tfjsNode(): Promise<Part> {
  const available = await loadsHere('tfjs-node').then(
    () => true,
    () => false,
  );
  return {
    name: 'tfjs-node',
    available,
    howToGet: 'npm i --no-save @tensorflow/tfjs-node, where its installer can download libtensorflow',
  };
}

/** Paths of the sample photos. */
export async function samplePhotos(): Promise<string[]> {
  const folder = join(root, 'test/fixtures/photos');
  return (await readdir(folder)).filter((name) => /\.(png|jpg)$/.test(name)).map((name) => join(folder, name));
}

/** A photo as the model takes it, for models whose range is 0..255. */
export async function pictureOf(photo: string, { width, height, layout }: InputSpec): Promise<Float32Array> {
  const bytes = await sharp(photo).autoOrient().resize(width, height, { fit: 'fill' }).removeAlpha().raw().toBuffer();
  if (layout === 'NHWC') return Float32Array.from(bytes);
  const pixels = width * height;
  return Float32Array.from(bytes, (_, i) => bytes[(i % pixels) * 3 + Math.floor(i / pixels)] ?? 0);
}

/** Opens the engine, runs each batch of pictures through `version`, closes. */
export async function predictAll(
  name: EngineName,
  version: ModelVersion,
  batches: readonly Float32Array[],
): Promise<Float32Array[]> {
  const model = await (await openEngine(name)).load(version);
  const size = version.input.width * version.input.height * 3;
  const outputs: Float32Array[] = [];
  for (const batch of batches) outputs.push(await model.predict(batch, batch.length / size));
  await model.dispose();
  return outputs;
}
