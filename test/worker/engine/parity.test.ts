import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EngineName } from '../../../src/core/contracts/engines.ts';
import { ModelRepository } from '../../../src/models/repository.ts';
import { itNeeds } from '../../support/require-part.ts';
import { olderModel } from '../../support/shared.ts';
import { modelDir, pictureOf, predictAll, samplePhotos, tfjsNode } from './parts.ts';

const catDog = (await ModelRepository.open(modelDir)).resolve('cat-dog');
const photos = await samplePhotos();
const pictures = await Promise.all(photos.map((photo) => pictureOf(photo, catDog.input)));
const fromOnnx = await predictAll('onnx', catDog, pictures);

/** The largest difference of any probability on any photo. */
const largestDifference = (a: readonly Float32Array[], b: readonly Float32Array[]) =>
  Math.max(...a.flatMap((row, i) => [...row].map((value, j) => Math.abs(value - (b[i]?.[j] ?? Number.NaN)))));

const samePhotosTogether = async (engine: EngineName) => {
  const batch = Float32Array.from(pictures.flatMap((picture) => [...picture]));
  const [together = new Float32Array()] = await predictAll(engine, catDog, [batch]);
  const alone = Float32Array.from(fromOnnx.flatMap((row) => [...row]));
  return largestDifference([alone], [together]);
};

const realTfjsNode = await tfjsNode();

describe('the engines agree within 1e-3', () => {
  it('onnx: every photo is what its file name says', () => {
    const wrong = photos.filter((photo, i) => {
      const row = fromOnnx[i] ?? new Float32Array();
      const label = catDog.output.labels[row.indexOf(Math.max(...row))] ?? '';
      return !basename(photo).startsWith(label);
    });
    expect(wrong).toEqual([]);
  });

  it('onnx: photos in one batch as each alone', async () => {
    expect(await samePhotosTogether('onnx')).toBeLessThan(1e-3);
  });

  it('tfjs-wasm and onnx', async () => {
    expect(largestDifference(fromOnnx, await predictAll('tfjs-wasm', catDog, pictures))).toBeLessThan(1e-3);
    expect(await samePhotosTogether('tfjs-wasm')).toBeLessThan(1e-3);
  });

  itNeeds(realTfjsNode, 'tfjs-node and onnx', async () => {
    expect(largestDifference(fromOnnx, await predictAll('tfjs-node', catDog, pictures))).toBeLessThan(1e-3);
    expect(await samePhotosTogether('tfjs-node')).toBeLessThan(1e-3);
  });
});

describe('onnx in NCHW', () => {
  itNeeds(olderModel, 'the 2019 model tells its own two photos apart', async () => {
    const version = (await ModelRepository.open(olderModel.path)).resolve('cat-dog-2019');
    const both = await Promise.all(
      ['test_cat.jpg', 'test_dog.jpg'].map((photo) => pictureOf(join(olderModel.path, photo), version.input)),
    );
    const labels = (await predictAll('onnx', version, both)).map(
      (row) => version.output.labels[row.indexOf(Math.max(...row))],
    );
    expect(labels).toEqual(['cat', 'dog']);
  });
});
