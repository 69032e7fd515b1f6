import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelVersion } from '../../../src/models/manifest.ts';
import { openEngine } from '../../../src/worker/engine/select.ts';

const type = { type: 'DT_FLOAT' };

/** A TensorFlow graph that averages a 2×2 picture over its pixels: one output for each channel. */
const averageOfPixels = {
  format: 'graph-model',
  modelTopology: {
    node: [
      { name: 'input', op: 'Placeholder', attr: { dtype: type } },
      { name: 'axes', op: 'Const', attr: { dtype: { type: 'DT_INT32' } } },
      { name: 'mean', op: 'Mean', input: ['input', 'axes'], attr: { T: type, keep_dims: { b: false } } },
    ],
    versions: { producer: 1 },
  },
  weightsManifest: [
    // The two axes in two files: TensorFlow.js joins them, in this order.
    { paths: ['first.bin', 'second.bin'], weights: [{ name: 'axes', shape: [2], dtype: 'int32' }] },
  ],
};

let version: ModelVersion;

beforeAll(async () => {
  const dir = await mkdtemp(join(tmpdir(), 'warmpool-tfjs-'));
  await Promise.all([
    writeFile(join(dir, 'model.json'), JSON.stringify(averageOfPixels)),
    writeFile(join(dir, 'first.bin'), Int32Array.of(1)),
    writeFile(join(dir, 'second.bin'), Int32Array.of(2)),
  ]);
  const sha256 = '0'.repeat(64);
  version = {
    key: 'average@1',
    dir,
    name: 'average',
    version: '1',
    input: { width: 2, height: 2, layout: 'NHWC', range: [0, 255], mean: [0, 0, 0], std: [1, 1, 1], resize: 'fill' },
    output: { labels: ['red', 'green', 'blue'], activation: 'none' },
    artifacts: {
      tfjs: { path: 'model.json', format: 'graph', sha256, weights: { 'first.bin': sha256, 'second.bin': sha256 } },
    },
  };
});

afterAll(() => rm(version.dir, { recursive: true }));

describe('a TensorFlow.js graph model', () => {
  it('is loaded from local files and gives one row for each picture', async () => {
    const model = await (await openEngine('tfjs-wasm')).load(version);
    const pictures = Float32Array.of(1, 2, 3, 1, 2, 3, 1, 2, 3, 5, 2, 3, ...Array<number>(12).fill(9));
    expect([...(await model.predict(pictures, 2))]).toEqual([2, 2, 3, 9, 9, 9]);
    await model.dispose();
  });

  it('whose weights the manifest does not name is refused', async () => {
    const { tfjs } = version.artifacts;
    if (!tfjs) throw new Error('the version has a tfjs artifact');
    const unnamed = { ...version, artifacts: { tfjs: { ...tfjs, weights: { 'first.bin': tfjs.sha256 } } } };
    await expect((await openEngine('tfjs-wasm')).load(unnamed)).rejects.toThrow(
      'model.json of average@1 needs "second.bin", which is not in the manifest\'s weights',
    );
  });

  it('whose output does not fit the labels is refused at predict', async () => {
    const twoLabels = { ...version, output: { ...version.output, labels: ['cat', 'dog'] } };
    const model = await (await openEngine('tfjs-wasm')).load(twoLabels);
    await expect(model.predict(new Float32Array(12), 1)).rejects.toThrow(
      'average@1 must answer 1 pictures with 1 × 2 floats, one for each label; it gave 12 bytes of Float32Array',
    );
    await model.dispose();
  });
});

it("opening tfjs-wasm leaves the process's own error handling alone", async () => {
  const listeners = () => [process.listeners('uncaughtException'), process.listeners('unhandledRejection')];
  const before = listeners();
  await openEngine('tfjs-wasm');
  expect(listeners()).toEqual(before);
});
