/**
 * `npm run bench:batches`: how fast a batch goes through, beside the floor; what memory it takes; and what those notice of
 * it who send single photos meanwhile. In one run on one machine, on one model. README.md beside this file says more.
 *
 * Options: --model, --photos as for `npm run bench`; --files N (photos of a batch, the same ones again and again, default
 * 10000), --seconds N (per measurement without a batch, and of the load that leaves it no time to end; default 20),
 * --load-cores LIST (cores of the load generator, as taskset takes them; default: those of the server)
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { HURRY_MS } from '../../src/core/policies/batching.ts';
import { testGateway } from '../../src/lab/loadtest/load-test.ts';
import { readUploads } from '../../src/lab/loadtest/uploads.ts';
import type { Totals } from '../../src/lab/report/run.ts';
import { poisson } from '../../src/lab/workload/random-arrivals.ts';
import type { Workload } from '../../src/lab/workload/workload.ts';
import { type BatchResult, runBatch } from './batch-run.ts';
import { startGateway, WORKERS } from './contenders.ts';
import { splitCores } from './cores.ts';
import { type FloorResult, runFloor } from './floor.ts';
import { warmUp } from './measure.ts';
import { ROOT } from './server-process.ts';
import { openSubject } from './subject.ts';
import { type Cell, printTable } from './table.ts';

const FLOOR_SECONDS = 5;
const WARM_UP_FILES = 1000;
const LIGHT = { perSecond: 20, seed: 1 };
const CLIENTS = 8;
/** What the memory may grow by while a batch runs: this, on top of 1.3 times what it is without. */
const MORE_MB = 200;
const NEVER = new AbortController().signal;
/** Longer than any batch takes here, in ms. */
const NO_END_MS = 3_600_000;

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: join(ROOT, 'model/cat-dog/1') },
    photos: { type: 'string', multiple: true, default: [] },
    files: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '20' },
    'load-cores': { type: 'string' },
  },
});
const [files, seconds] = [Number(values.files), Number(values.seconds)];
if (!(files >= 1 && seconds > 0)) throw new Error('--files must be 1 or more, --seconds above 0.');

const subject = openSubject(values.model, values.photos);
const different = subject.photos.map((path) => ({ path, size: statSync(path).size, mtimeMs: 0 }));
const photos = Array.from({ length: files }, (_, i) => different[i % different.length] as (typeof different)[number]);
const request = { model: null, deadlineMs: null };
const uploads = (await Promise.all(subject.photos.map((photo) => readUploads(photo, request)))).flat();
const cores = splitCores(values['load-cores'] ?? null);
console.log(
  `${subject.manifest.name}@${subject.manifest.version}, ${files} photos (${different.length} different ones), ` +
    `${WORKERS} workers, server on ${cores.server}, load on ${cores.load}, node ${process.version}`,
);

const dataDir = mkdtempSync(join(tmpdir(), 'warmpool-bench-'));
process.on('exit', () => rmSync(dataDir, { recursive: true, force: true }));
const flags = ['--max-workers', `${WORKERS}`, '--data-dir', dataDir];
const floorBefore = await floor();
const server = await cores.onServerCores(() => startGateway(subject, ...flags));
try {
  await warmUp(server, subject);
  await runBatch(server, photos.slice(0, WARM_UP_FILES), NEVER);
  // By then nobody is expected to be in a hurry.
  await wait(HURRY_MS);
  await batchAlone();
  await besideInteractive();
} finally {
  await server.stop();
}

async function batchAlone(): Promise<void> {
  const idle = await rssMB();
  const batch = (await runBatch(server, photos, NEVER)) as BatchResult;
  const after = await rssMB();
  // What else runs on the machine comes and goes: before and after.
  const floors = [floorBefore, await floor()];
  const bare = mean(floors.map(({ requestsPerSecond }) => requestsPerSecond));
  const bareCpuMs = mean(floors.map(({ cpuMsPerRequest }) => cpuMsPerRequest));
  const perSecond = files / batch.seconds;
  const afterUpload = (files - batch.doneAtUpload) / (batch.seconds - batch.uploadSeconds);
  const cpuMs = batch.cpuMs / files;
  console.log('\nOne batch; the floor is a bare loop of decode and infer on the same cores');
  printTable([
    {
      '× floor': (perSecond / bare).toFixed(2),
      'by CPU': (bareCpuMs / cpuMs).toFixed(2),
      'after upload': (afterUpload / bare).toFixed(2),
      'photos/s': perSecond.toFixed(0),
      'floor/s': bare.toFixed(0),
      'CPU-ms': cpuMs.toFixed(2),
      'floor CPU-ms': bareCpuMs.toFixed(2),
      'upload s': batch.uploadSeconds.toFixed(1),
      'whole s': batch.seconds.toFixed(1),
      failed: batch.failed,
    },
  ]);
  console.log(`Memory of the server in MB; how long its event loop took up no message, at most, in ms`);
  const limit = 1.3 * idle + MORE_MB;
  printTable([
    {
      '× limit': (batch.highestRssMB / limit).toFixed(2),
      idle: idle.toFixed(0),
      highest: batch.highestRssMB.toFixed(0),
      after: after.toFixed(0),
      [`1.3 × idle + ${MORE_MB}`]: limit.toFixed(0),
      'longest delay': batch.longestDelayMs.toFixed(0),
    },
  ]);
}

async function besideInteractive(): Promise<void> {
  const light = (durationMs: number) => poisson({ ...LIGHT, durationMs });
  const steps = [{ fromMs: 0, users: CLIENTS }];
  const busy: Workload = { kind: 'closed', name: 'closed', durationMs: seconds * 1000, steps, thinkMs: 0 };
  const rows = [
    compare(
      `${LIGHT.perSecond} requests/s`,
      await send(light(seconds * 1000)),
      await sendDuringBatch(light(NO_END_MS)),
    ),
    compare(`${CLIENTS} clients`, await send(busy), await sendDuringBatch(busy)),
  ];
  console.log('Interactive requests without and with a batch; response times in ms');
  printTable(rows);
}

function compare(load: string, without: Totals, during: Totals): Readonly<Record<string, Cell>> {
  const ratio = (key: 'p50Ms' | 'p99Ms') => (during[key] / without[key]).toFixed(2);
  const ms = (key: 'p50Ms' | 'p99Ms' | 'maxMs') => ({
    [key.replace('Ms', '')]: without[key].toFixed(1),
    [key.replace('Ms', ' with')]: during[key].toFixed(1),
  });
  return {
    load,
    'p99 ×': ratio('p99Ms'),
    'p50 ×': ratio('p50Ms'),
    ...ms('p50Ms'),
    ...ms('p99Ms'),
    ...ms('maxMs'),
    'req/s': without.perSecond.toFixed(0),
    'req/s with': during.perSecond.toFixed(0),
    errors: without.errors + during.errors,
  };
}

/** Until the batch or the load ends, whichever is first. */
async function sendDuringBatch(workload: Workload): Promise<Totals> {
  const over = new AbortController();
  const end = () => over.abort();
  const load = send(workload, over.signal).finally(end);
  const [totals] = await Promise.all([load, runBatch(server, photos, over.signal).finally(end)]);
  return totals;
}

async function send(workload: Workload, signal = NEVER): Promise<Totals> {
  const limits = { timeLimitMs: 30_000, maxOutstanding: 1000 };
  const gateway = { url: new URL(server.url), adminToken: null };
  const run = await testGateway(
    { workload, uploads, request, ...limits, signal, onRun: () => () => {} },
    gateway,
    'run',
  );
  return run.totals;
}

function floor(): Promise<FloorResult> {
  return cores.onServerCores(() => runFloor(subject, FLOOR_SECONDS, 'job'));
}

async function rssMB(): Promise<number> {
  return (await server.usage()).rssBytes / 2 ** 20;
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b) / values.length;
}
