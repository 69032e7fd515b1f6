/**
 * The floor: as many threads as the pool has, each decoding and inferring in a bare loop. No HTTP, no GraphQL, no queue:
 * what the same libraries cost when nothing is around them. Run as a program it is one process that measures itself.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { openEngine } from '../../dist/engine/select.js';
import { ModelRepository } from '../../dist/models/repository.js';
import { createPipeline } from '../../dist/pool/pipeline.js';

if (isMainThread) await measure(Number(process.argv[2]), JSON.parse(process.argv[3]));
else await loop(workerData);

async function measure(threads, data) {
  const workers = Array.from({ length: threads }, () => new Worker(new URL(import.meta.url), { workerData: data }));
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const before = process.cpuUsage();
  const started = performance.now();
  for (const worker of workers) worker.postMessage('go');
  const counts = await Promise.all(workers.map((worker) => once(worker, 'message')));
  const { user, system } = process.cpuUsage(before);
  const images = counts.reduce((sum, [count]) => sum + count, 0);
  process.send({ images, seconds: (performance.now() - started) / 1000, cpuMs: (user + system) / 1000 });
}

async function loop({ files, modelDir, model, seconds }) {
  const version = (await ModelRepository.open(modelDir)).resolve(model);
  const loaded = await (await openEngine('onnx')).load(version);
  const run = createPipeline(loaded, version, { maxPixels: 50_000_000, timeoutSeconds: 15 });
  const pictures = files.map((file) => readFileSync(file));
  for (const picture of pictures.slice(0, 50)) await run([picture]);
  parentPort.postMessage('warm');
  await once(parentPort, 'message');
  const ends = performance.now() + seconds * 1000;
  let count = 0;
  while (performance.now() < ends) {
    await run([pictures[count % pictures.length]]);
    count++;
  }
  parentPort.postMessage(count);
}
