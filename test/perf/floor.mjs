/**
 * The floor: as many threads as the pool has, each with a worker's job in a bare loop. No HTTP, no GraphQL, no queue: what
 * the same code costs when nothing is around it. Or one part of the job alone: `decode`, or `infer`, which is all that
 * comes after it. A process that measures itself.
 *
 * Arguments: the subject's file, threads, seconds, job | decode | infer
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { ModelRepository } from '../../dist/models/repository.js';
import { applyActivation } from '../../dist/worker/engine/activation.js';
import { openEngine } from '../../dist/worker/engine/select.js';
import { decode } from '../../dist/worker/image/decode.js';
import { tensorSize, writeTensor } from '../../dist/worker/image/tensor.js';
import { createPipeline } from '../../dist/worker/pipeline.js';

const LIMITS = { maxPixels: 50_000_000, timeoutSeconds: 15 };
/** Long enough for the compiler to be done. */
const WARM_UP_SECONDS = 1.5;
const PARTS = { job, decode: decodeOnly, infer: inferOnly };

if (isMainThread) await measure(...process.argv.slice(2));
else await serveLoop(workerData);

async function measure(file, threads, seconds, part) {
  const data = { ...JSON.parse(readFileSync(file, 'utf8')), seconds: Number(seconds), part };
  const url = new URL(import.meta.url);
  const workers = Array.from({ length: Number(threads) }, () => new Worker(url, { workerData: data }));
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const before = process.cpuUsage();
  const started = performance.now();
  for (const worker of workers) worker.postMessage('go');
  const counts = await Promise.all(workers.map((worker) => once(worker, 'message')));
  const { user, system } = process.cpuUsage(before);
  const images = counts.reduce((sum, [count]) => sum + count, 0);
  process.send({ images, seconds: (performance.now() - started) / 1000, cpuMs: (user + system) / 1000 });
}

async function serveLoop({ repository, model, photos, seconds, part }) {
  const version = (await ModelRepository.open(repository)).resolve(model);
  const loaded = await (await openEngine('onnx')).load(version);
  const pictures = photos.map((file) => readFileSync(file));
  const run = await PARTS[part](version, loaded, pictures[0]);
  await loop(run, pictures, WARM_UP_SECONDS);
  parentPort.postMessage('warm');
  await once(parentPort, 'message');
  parentPort.postMessage(await loop(run, pictures, seconds));
}

async function loop(run, pictures, seconds) {
  const ends = performance.now() + seconds * 1000;
  let count = 0;
  while (performance.now() < ends) await run(pictures[count++ % pictures.length]);
  return count;
}

function job(version, loaded) {
  const run = createPipeline(loaded, version, LIMITS);
  return async (picture) => {
    const [outcome] = await run([picture]);
    if (!outcome.ok) throw new Error(outcome.message);
  };
}

function decodeOnly({ input }) {
  return (picture) => decode(picture, input, LIMITS);
}

/** On the pixels of the first picture: what is in them makes no difference to the time. */
async function inferOnly({ input, output }, loaded, picture) {
  const rgb = await decode(picture, input, LIMITS);
  const tensor = new Float32Array(tensorSize(input));
  return async () => {
    writeTensor(rgb, input, tensor, 0);
    applyActivation(output.activation, await loaded.predict(tensor, 1), 1, output.labels.length);
  };
}
