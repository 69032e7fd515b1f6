/** The onnx engine: one onnxruntime session, computing on the thread that calls it. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import type { ModelVersion } from '../../models/manifest.ts';
import { enterNative } from '../native-gate.ts';
import type { Engine, LoadedModel } from './engine.ts';
import { checkedOutput, inputShape } from './tensors.ts';

// One thread: the pool gives every core a worker, so a session's own threads would only get in their way. The memory
// arena and pattern stay at their defaults: no setting of the two made a measurable difference in time or memory.
const sessionOptions: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
};

/** Rejects if onnxruntime has no library for this machine. */
export async function openOnnx(): Promise<Engine> {
  // `require` takes half the time of `import`, which first scans a CommonJS package for the names it exports.
  const ort: typeof import('onnxruntime-node') = createRequire(import.meta.url)('onnxruntime-node');

  return {
    async load(version: ModelVersion): Promise<LoadedModel> {
      const artifact = version.artifacts.onnx;
      if (!artifact) throw new Error(`${version.key} has no onnx artifact`);
      // From the path rather than from bytes: the file is never held twice.
      const session = await ort.InferenceSession.create(join(version.dir, artifact.path), sessionOptions);
      const [input, ...otherInputs] = session.inputNames;
      const [output] = session.outputNames;
      if (!input || !output || otherInputs.length > 0) {
        throw new Error(`${version.key} must have one input and an output; its inputs are [${session.inputNames}]`);
      }
      return {
        async predict(pictures, n) {
          const tensor = new ort.Tensor('float32', pictures, inputShape(version.input, n));
          const leave = enterNative();
          const results = await session.run({ [input]: tensor }, [output]).finally(leave);
          return checkedOutput(version, n, results[output]?.data);
        },
        dispose: () => session.release(),
      };
    },
  };
}
