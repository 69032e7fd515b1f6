/** The tfjs-node engine: TensorFlow.js on the TensorFlow C library. An optional peer: whoever wants it installs it. */
import { createRequire } from 'node:module';
import type { Engine } from './engine.ts';
import { type TensorFlow, tfjsEngine } from './tfjs.ts';

/**
 * Rejects if the package or its library is not installed. In a worker thread it is stable only if the main thread has
 * opened it before: otherwise the process crashes when the last worker leaves.
 */
export async function openTfjsNode(): Promise<Engine> {
  const require = createRequire(import.meta.url);
  // TensorFlow reports every CPU feature it finds, on stderr, unless told not to.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';

  // tfjs-node 4.22 calls these two. Node 22 warns of the first and Node 23 took it away; the second is deprecated.
  Object.assign(require('node:util'), {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: Array.isArray,
  });

  // The package's own `tf`, as its backend is registered in that copy of tfjs-core and in no other.
  const tf: TensorFlow & { setBackend(name: string): Promise<boolean>; enableProdMode(): void } =
    require('@tensorflow/tfjs-node');
  tf.enableProdMode();
  if (!(await tf.setBackend('tensorflow'))) throw new Error('tfjs-node is installed but TensorFlow does not start');
  return tfjsEngine(tf);
}
