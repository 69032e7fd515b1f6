/**
 * The thread's entry: one model version on one engine. piscina calls `warmUp` once and then the default export for each
 * batch, one at a time. Heavy modules are loaded in `warmUp` and not above, so that their time is a phase of its own.
 */
import { workerData } from 'node:worker_threads';
import { enterNative } from './native-gate.ts';
import type { Outcome, Task, WarmUpReport, WorkerData } from './protocol.ts';
import { sharedNow } from './protocol.ts';

const threadUp = sharedNow();
const data = workerData as WorkerData;
let run: (task: Task) => Promise<readonly Outcome[]>;

/** As a whole behind the gate: onnxruntime-node aborts the process also if its thread is terminated while it is loaded. */
export async function warmUp(): Promise<WarmUpReport> {
  const leave = enterNative();
  try {
    return await load();
  } finally {
    leave();
  }
}

async function load(): Promise<WarmUpReport> {
  const [{ openEngine }, { createPipeline }, { loadDecoders }, { warmUpPicture }] = await Promise.all([
    import('./engine/select.ts'),
    import('./pipeline.ts'),
    import('./image/decode.ts'),
    import('./image/warm-up-picture.ts'),
  ]);
  loadDecoders();
  const engine = await openEngine(data.engine);
  const runtimeLoaded = sharedNow();
  const model = await engine.load(data.version);
  const modelLoaded = sharedNow();
  run = createPipeline(model, data.version, data.limits);
  const [outcome] = await run([warmUpPicture()]);
  if (!outcome?.ok) throw new Error(`The warm-up inference of ${data.version.key} failed: ${outcome?.message}`);
  return { threadUp, runtimeLoaded, modelLoaded, warm: sharedNow() };
}

export default (task: Task): Promise<readonly Outcome[]> => run(task);
