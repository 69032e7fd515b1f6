/**
 * `npm run bench`: the gateway beside the floor and beside what people write without it, in one run on one machine. The
 * figure to look at is server CPU-ms per request: noise moves the times, not that. Ratios are to the floor.
 *
 * Options: --seconds N (per measurement, default 5), --out FILE (JSON, default bench.json)
 */
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { measureFootprint } from './footprint.ts';
import { load, percentile, uploadOf } from './load.ts';
import { forkWithProbe, ROOT, type ServerProcess, startServer } from './server-process.ts';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '5' }, out: { type: 'string', default: 'bench.json' } },
});
const seconds = Number(values.seconds);
const workers = availableParallelism();
const LEVELS = [1, 8, 32];
/** Long enough for the compiler to have seen everything a few hundred times. */
const WARM_UP = { seconds: 60, requests: 1000 };

interface Row {
  readonly server: string;
  readonly clients: number | null;
  readonly requestsPerSecond: number;
  readonly cpuMsPerRequest: number;
  readonly p50Ms?: number;
  readonly p90Ms?: number;
  readonly p99Ms?: number;
  readonly maxMs?: number;
  readonly errors?: number;
  readonly rssMB?: number;
}

/** What floor.mjs sends when it is done. */
interface FloorResult {
  readonly images: number;
  readonly seconds: number;
  readonly cpuMs: number;
}

const files = photos();
const uploads = files.map((file) => uploadOf(readFileSync(file)));
const modelFile = join(ROOT, 'model/cat-dog/1/model.onnx');
const rival = (name: string) => join(ROOT, `test/perf/rivals/${name}.mjs`);
const gatewayArgs = ['serve', '--port', '0', '--max-workers', String(workers), '--log-level', 'warn'];

const rows: Row[] = [await floor()];
const contenders: readonly (readonly [string, () => Promise<ServerProcess>])[] = [
  ['warmpool', () => startServer(join(ROOT, 'dist/main.cjs'), gatewayArgs)],
  ['main thread', () => startServer(rival('main-thread'), [], { MODEL_FILE: modelFile })],
  ['main thread, tuned', () => startServer(rival('main-thread'), [], { MODEL_FILE: modelFile, TUNED: '1' })],
  [
    'piscina autoscaling',
    () => startServer(rival('piscina-autoscaling'), [], { MODEL_FILE: modelFile, THREADS: String(workers) }),
  ],
];
for (const [name, start] of contenders) {
  const server = await start();
  await load(server.url, uploads, 8, WARM_UP);
  for (const clients of LEVELS) rows.push(await measure(name, server, clients));
  await server.stop();
}
const footprint = await measureFootprint(uploads);
console.log(`${files.length} photos, ${workers} cores, node ${process.version}, ${seconds} s per row`);
console.table(rows.map(rounded));
console.table([footprint]);
writeFileSync(
  values.out,
  JSON.stringify({ node: process.version, cores: workers, photos: files.length, seconds, rows, footprint }, null, 2),
);

function photos(): readonly string[] {
  const pets = ['cat', 'dog'].map((folder) => join(ROOT, '../shared/pets', folder));
  const folders = pets.every(existsSync) ? pets : [join(ROOT, 'test/fixtures/photos')];
  return folders.flatMap((dir) =>
    readdirSync(dir)
      .filter((name) => /\.(jpg|png)$/.test(name))
      .map((name) => join(dir, name)),
  );
}

async function floor(): Promise<Row> {
  const data = { files, modelDir: join(ROOT, 'model'), model: 'cat-dog', seconds };
  const child = forkWithProbe(join(ROOT, 'test/perf/floor.mjs'), [String(workers), JSON.stringify(data)]);
  const [result] = (await once(child, 'message')) as [FloorResult];
  child.kill();
  return {
    server: `floor (${workers} threads)`,
    clients: null,
    requestsPerSecond: result.images / result.seconds,
    cpuMsPerRequest: result.cpuMs / result.images,
  };
}

async function measure(name: string, server: ServerProcess, clients: number): Promise<Row> {
  const before = await server.usage();
  const { requests, errors, seconds: took, times } = await load(server.url, uploads, clients, { seconds });
  const after = await server.usage();
  return {
    server: name,
    clients,
    requestsPerSecond: requests / took,
    cpuMsPerRequest: (after.cpuMs - before.cpuMs) / requests,
    p50Ms: percentile(times, 0.5),
    p90Ms: percentile(times, 0.9),
    p99Ms: percentile(times, 0.99),
    maxMs: times.at(-1) ?? Number.NaN,
    errors,
    rssMB: after.rssBytes / 2 ** 20,
  };
}

function rounded(row: Row): Record<string, unknown> {
  const floorCpu = rows[0]?.cpuMsPerRequest ?? Number.NaN;
  const numbers = Object.entries(row).map(([key, value]) => [
    key,
    typeof value === 'number' ? Math.round(value * 100) / 100 : value,
  ]);
  return { ...Object.fromEntries(numbers), cpuToFloor: Math.round((row.cpuMsPerRequest / floorCpu) * 100) / 100 };
}
