/**
 * The floor: as many threads as the pool has, each decoding and inferring in a bare loop. No HTTP, no GraphQL, no queue:
 * what the same libraries cost when nothing is around them. Run as a program it is one process that measures itself.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { openEngine } from '../../src/engine/select.ts';
import { ModelRepository } from '../../src/models/repository.ts';
import { createPipeline } from '../../src/pool/pipeline.ts';

export interface FloorResult {
  readonly images: number;
  readonly seconds: number;
  readonly cpuMs: number;
}

interface ThreadData {
  readonly files: readonly string[];
  readonly modelDir: string;
  readonly model: string;
  readonly seconds: number;
}

if (isMainThread) await measure(Number(process.argv[2]), JSON.parse(process.argv[3] as string) as ThreadData);
else await loop(workerData as ThreadData);

async function measure(threads: number, data: ThreadData): Promise<void> {
  const workers = Array.from({ length: threads }, () => new Worker(new URL(import.meta.url), { workerData: data }));
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const before = process.cpuUsage();
  const started = performance.now();
  for (const worker of workers) worker.postMessage('go');
  const counts = await Promise.all(workers.map((worker) => once(worker, 'message')));
  const { user, system } = process.cpuUsage(before);
  const images = counts.reduce((sum, [count]) => sum + (count as number), 0);
  const seconds = (performance.now() - started) / 1000;
  process.send?.({ images, seconds, cpuMs: (user + system) / 1000 } satisfies FloorResult);
}

async function loop({ files, modelDir, model, seconds }: ThreadData): Promise<void> {
  const version = (await ModelRepository.open(modelDir)).resolve(model);
  const loaded = await (await openEngine('onnx')).load(version);
  const run = createPipeline(loaded, version, { maxPixels: 50_000_000, timeoutSeconds: 15 });
  const pictures = files.map((file) => readFileSync(file));
  for (const picture of pictures.slice(0, 50)) await run([picture]);
  parentPort?.postMessage('warm');
  await once(parentPort as NonNullable<typeof parentPort>, 'message');
  const ends = performance.now() + seconds * 1000;
  let count = 0;
  while (performance.now() < ends) {
    await run([pictures[count % pictures.length] as Buffer]);
    count++;
  }
  parentPort?.postMessage(count);
}
