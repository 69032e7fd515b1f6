/** The tfjs-wasm engine: TensorFlow.js on WebAssembly, one thread. Slowest of the real ones, and it runs everywhere. */
import { createRequire } from 'node:module';
import type { Engine } from './engine.ts';
import { type TensorFlow, tfjsEngine } from './tfjs.ts';

/** Rejects if WebAssembly does not start. The .wasm files are found beside the backend's own script. */
export async function openTfjsWasm(): Promise<Engine> {
  // `require` takes a third of the time of `import`, which first scans these large bundles for the names they export.
  const require = createRequire(import.meta.url);
  const core: typeof import('@tensorflow/tfjs-core') = require('@tensorflow/tfjs-core');
  require('@tensorflow/tfjs-backend-wasm');
  core.enableProdMode();
  await withoutNewProcessListeners(async () => {
    if (!(await core.setBackend('wasm'))) throw new Error('the WebAssembly backend of TensorFlow.js does not start');
  });

  const tf: TensorFlow = {
    tidy: core.tidy,
    tensor: core.tensor,
    io: core.io,
    // A model needs one of the two, and each takes some 25 ms to load.
    loadLayersModel(files) {
      const layers: typeof import('@tensorflow/tfjs-layers') = require('@tensorflow/tfjs-layers');
      return layers.loadLayersModel(files);
    },
    loadGraphModel(files) {
      const converter: typeof import('@tensorflow/tfjs-converter') = require('@tensorflow/tfjs-converter');
      return converter.loadGraphModel(files);
    },
  };
  return tfjsEngine(tf);
}

/**
 * The compiled backend rethrows every uncaught error and rejection of the whole process as soon as it starts. What to do
 * with those is the application's to decide, so its listeners are taken off again.
 */
async function withoutNewProcessListeners(start: () => Promise<void>): Promise<void> {
  const errors = new Set(process.listeners('uncaughtException'));
  const rejections = new Set(process.listeners('unhandledRejection'));
  await start();
  for (const added of process.listeners('uncaughtException')) {
    if (!errors.has(added)) process.off('uncaughtException', added);
  }
  for (const added of process.listeners('unhandledRejection')) {
    if (!rejections.has(added)) process.off('unhandledRejection', added);
  }
}
