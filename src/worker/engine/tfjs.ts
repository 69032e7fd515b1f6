/** What both TensorFlow.js engines share: loads a layers or graph model from local files, and runs it. */
import { readFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import type { InferenceModel, io, Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import type { ModelVersion } from '../../models/manifest.ts';
import type { Engine } from './engine.ts';
import { checkedOutput, inputShape } from './tensors.ts';

type Model = Pick<InferenceModel, 'predict'> & { dispose(): unknown };

/** The part of TensorFlow.js that an engine needs. The backend must be set, and must stay set, in this very copy. */
export interface TensorFlow {
  readonly tidy: typeof tidy;
  readonly tensor: typeof tensor;
  readonly io: Pick<typeof io, 'getModelArtifactsForJSON' | 'getWeightSpecs'>;
  loadLayersModel(files: io.IOHandler): Promise<Model>;
  loadGraphModel(files: io.IOHandler): Promise<Model>;
}

export function tfjsEngine(tf: TensorFlow): Engine {
  return {
    async load(version) {
      const format = version.artifacts.tfjs?.format;
      const model = await (format === 'graph' ? tf.loadGraphModel : tf.loadLayersModel)(localFiles(tf, version));
      return {
        async predict(pictures, n) {
          const output = tf.tidy(() => {
            const input = tf.tensor(pictures, inputShape(version.input, n), 'float32');
            return onlyTensor(version, model.predict(input, { batchSize: n }));
          });
          try {
            return checkedOutput(version, n, await output.data());
          } finally {
            output.dispose();
          }
        },
        async dispose() {
          model.dispose();
        },
      };
    },
  };
}

/** Reads model.json and its weights. Only files that the manifest names are read: only those were verified. */
function localFiles(tf: TensorFlow, version: ModelVersion): io.IOHandler {
  const artifact = version.artifacts.tfjs;
  if (!artifact) throw new Error(`${version.key} has no tfjs artifact`);

  const readWeights = async (path: string): Promise<ArrayBuffer> => {
    const listed = posix.join(dirname(artifact.path), path);
    if (!Object.hasOwn(artifact.weights, listed)) {
      throw new Error(`${artifact.path} of ${version.key} needs "${listed}", which is not in the manifest's weights`);
    }
    return new Uint8Array(await readFile(join(version.dir, listed))).buffer;
  };

  return {
    async load() {
      const model: io.ModelJSON = JSON.parse(await readFile(join(version.dir, artifact.path), 'utf8'));
      return tf.io.getModelArtifactsForJSON(model, async (groups) => [
        tf.io.getWeightSpecs(groups),
        await Promise.all(groups.flatMap((group) => group.paths).map(readWeights)),
      ]);
    },
  };
}

function onlyTensor(version: ModelVersion, output: ReturnType<Model['predict']>): Tensor {
  const [tensor, ...others] = Array.isArray(output) ? output : 'dataId' in output ? [output] : Object.values(output);
  if (!tensor || others.length > 0) throw new Error(`${version.key} must have one output; it has ${others.length + 1}`);
  return tensor as Tensor;
}
