/**
 * `npm run bench:cluster`: whether the photos of a batch go through as fast as the workers that gateways have together, what
 * Redis costs beside SQLite, and what becomes of a batch when one of two gateways is killed. README.md beside this file says
 * more.
 *
 * Options: --model, --photos as for `npm run bench`; --files N (photos of a batch, the same ones again and again, default
 * 4000); --batches N (for each row of the first table, default 3)
 */
import { statSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ADMIN_TOKEN } from '../support/gateway-process.ts';
import { query } from '../support/graphql-client.ts';
import { type BatchResult, runBatch } from './batch-run.ts';
import { type Cluster, type ClusterSetup, openCluster, placesOn } from './cluster-setup.ts';
import { moveTo, ownCores } from './cores.ts';
import { ROOT, type ServerProcess } from './server-process.ts';
import { openSubject } from './subject.ts';
import { type Cell, printTable } from './table.ts';
import { measureTakeover } from './takeover.ts';

const MOST_WORKERS = 2;
const SETUPS: readonly ClusterSetup[] = [
  { store: 'Redis', gateways: 1, workers: 1 },
  { store: 'Redis', gateways: 1, workers: 2 },
  { store: 'Redis', gateways: 2, workers: 1 },
  { store: 'SQLite', gateways: 1, workers: 1 },
  { store: 'SQLite', gateways: 1, workers: 2 },
];
const STALL_INTERVALS_MS = [15_000, 3_000];
const NEVER = new AbortController().signal;

interface Row {
  readonly setup: ClusterSetup;
  readonly where: readonly string[];
  readonly batches: readonly Batch[];
}

interface Batch extends BatchResult {
  readonly perSecond: number;
  /** Photos that each gateway has classified. */
  readonly parts: readonly number[];
  readonly redisCpuMs: number | undefined;
}

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: join(ROOT, 'model/cat-dog/1') },
    photos: { type: 'string', multiple: true, default: [] },
    files: { type: 'string', default: '4000' },
    batches: { type: 'string', default: '3' },
  },
});
const [files, batchCount] = [Number(values.files), Number(values.batches)];
if (!(files >= 1 && batchCount >= 1)) throw new Error('--files and --batches must be 1 or more.');

const subject = openSubject(values.model, values.photos);
const different = subject.photos.map((path) => ({ path, size: statSync(path).size, mtimeMs: 0 }));
const photos = Array.from({ length: files }, (_, i) => different[i % different.length] as (typeof different)[number]);
const places = placesOn(listOf(ownCores()), MOST_WORKERS);
moveTo(places.load);
console.log(
  `${subject.manifest.name}@${subject.manifest.version}, ${files} photos (${different.length} different ones), ` +
    `node ${process.version}; load of the machine before: ${loadavg()[0]?.toFixed(2)}`,
);
if (places.workers === null) console.warn(`Everything is on ${places.load}: too few cores to see whether it scales.`);
else
  console.log(`Cores: load on ${places.load}, Redis on ${places.redis}, gateways one of ${places.workers} per worker`);

await throughput();
await takeovers();
console.log(`load of the machine after: ${loadavg()[0]?.toFixed(2)}`);

async function throughput(): Promise<void> {
  const rows: Row[] = [];
  for (const setup of SETUPS) {
    const cluster = await openCluster(setup, places, subject, photos);
    try {
      const batches: Batch[] = [];
      for (let i = 0; i < batchCount; i++) batches.push(await oneBatch(cluster));
      rows.push({ setup, where: cluster.where, batches });
    } finally {
      await cluster.stop();
    }
  }
  console.log(
    `\nOne batch at a time, the median of ${batchCount}; × is the ratio to the row of one worker on that store`,
  );
  printTable(rows.map((row) => cellsOf(row, rows)));
}

async function oneBatch(cluster: Cluster): Promise<Batch> {
  const [first] = cluster.gateways as [ServerProcess];
  const look = async () => ({
    cpu: await cluster.cpuMs(),
    finished: await Promise.all(cluster.gateways.map(finished)),
  });
  const before = await look();
  const batch = (await runBatch(first, photos, NEVER)) as BatchResult;
  const after = await look();
  return {
    ...batch,
    perSecond: files / batch.seconds,
    parts: after.finished.map((count, i) => count - (before.finished[i] ?? 0)),
    cpuMs: after.cpu.gateways - before.cpu.gateways,
    redisCpuMs: after.cpu.redis === undefined ? undefined : after.cpu.redis - (before.cpu.redis ?? 0),
  };
}

/** Pictures that its workers have classified so far. */
async function finished({ url }: ServerProcess): Promise<number> {
  const text = '{ poolStats { counters { finished } } }';
  const { data } = await query<{ poolStats: { counters: { finished: number } } }>(url, text, {}, ADMIN_TOKEN);
  return data?.poolStats.counters.finished ?? Number.NaN;
}

function cellsOf({ setup, where, batches }: Row, rows: readonly Row[]): Readonly<Record<string, Cell>> {
  const one = rows.find((row) => row.setup.store === setup.store) as Row;
  const batch = median(batches);
  const rates = batches.map(({ perSecond }) => perSecond);
  return {
    store: setup.store,
    gateways: `${setup.gateways} of ${setup.workers} worker${setup.workers > 1 ? 's' : ''}`,
    cores: where.join(' + '),
    'photos/s': batch.perSecond.toFixed(0),
    '×': (batch.perSecond / median(one.batches).perSecond).toFixed(2),
    'lowest, highest': `${Math.min(...rates).toFixed(0)}, ${Math.max(...rates).toFixed(0)}`,
    'upload s': batch.uploadSeconds.toFixed(1),
    'whole s': batch.seconds.toFixed(1),
    'CPU-ms': (batch.cpuMs / files).toFixed(2),
    'Redis CPU-ms': batch.redisCpuMs === undefined ? undefined : (batch.redisCpuMs / files).toFixed(2),
    'each gateway': batch.parts.join(' + '),
    failed: batch.failed,
  };
}

function median(batches: readonly Batch[]): Batch {
  const sorted = batches.toSorted((a, b) => a.perSecond - b.perSecond);
  return sorted[Math.floor(sorted.length / 2)] as Batch;
}

async function takeovers(): Promise<void> {
  const rows: Readonly<Record<string, Cell>>[] = [];
  for (const stallMs of STALL_INTERVALS_MS) {
    const flags = ['--stall-interval', String(stallMs)];
    const cluster = await openCluster({ store: 'Redis', gateways: 2, workers: 1 }, places, subject, photos, flags);
    try {
      const took = await measureTakeover(cluster, photos);
      rows.push({
        'stall interval s': stallMs / 1000,
        'done at kill': took.doneAtKill,
        left: took.left,
        'run again s': took.againSeconds?.toFixed(1),
        '× interval': took.againSeconds && ((took.againSeconds * 1000) / stallMs).toFixed(2),
        'whole s': took.wholeSeconds.toFixed(1),
        'gone from nodes s': took.goneSeconds.toFixed(1),
        results: `${took.results} of ${files}`,
        events: took.events,
        twice: took.twice,
        'seq without gaps': took.withoutGaps ? 'yes' : 'NO',
        'spool empty s': took.spoolEmptySeconds.toFixed(1),
      });
    } finally {
      await cluster.stop();
    }
  }
  console.log(
    'One of two gateways is killed in the middle of a batch; `run again`, `gone` and `spool empty` count from then',
  );
  printTable(rows);
}

/** `0-2,5` is 0, 1, 2, 5. */
function listOf(cores: string): string[] {
  return cores.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => `${first + i}`);
  });
}
