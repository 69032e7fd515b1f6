/** What the gateway costs beside requests: time to ready, cold starts, memory per worker, memory after many requests. */
import { join } from 'node:path';
import { ADMIN_TOKEN } from '../support/gateway-process.ts';
import { query } from '../support/graphql-client.ts';
import { load, type Upload } from './load.ts';
import { ROOT, type ServerProcess, startServer } from './server-process.ts';

const COLD_STARTS = 11;
const EXTRA_WORKERS = 7;
const SOAK_REQUESTS = 10_000;

interface WorkerStats {
  readonly id: number;
  readonly coldStart: Record<'thread' | 'runtime' | 'model' | 'warmUp' | 'total', number> | null;
}

export async function measureFootprint(uploads: readonly Upload[]) {
  const soaked = await gateway();
  await load(soaked.url, uploads, 8, { seconds: 3600, requests: 1000 });
  const early = await soaked.usage();
  await load(soaked.url, uploads, 8, { seconds: 3600, requests: SOAK_REQUESTS });
  const late = await soaked.usage();
  await soaked.stop();

  const scaled = await gateway('--max-workers', String(1 + EXTRA_WORKERS), '--reserved', '1', '--keep-alive', '0');
  const phases = await coldStarts(scaled);
  const few = await scaled.usage();
  await provision(scaled, 1 + EXTRA_WORKERS);
  const many = await scaled.usage();
  await scaled.stop();

  const median = (key: keyof NonNullable<WorkerStats['coldStart']>) => middle(phases.map((phase) => phase[key]));
  return {
    readyMs: Math.round(middle([soaked.readyMs, scaled.readyMs])),
    coldStartMs: median('total'),
    threadMs: median('thread'),
    runtimeMs: median('runtime'),
    modelMs: median('model'),
    warmUpMs: median('warmUp'),
    workerMB: round((many.rssBytes - few.rssBytes) / EXTRA_WORKERS / 2 ** 20),
    rssMBAfter1000: round(early.rssBytes / 2 ** 20),
    [`rssMBAfter${1000 + SOAK_REQUESTS}`]: round(late.rssBytes / 2 ** 20),
  };
}

function gateway(...flags: readonly string[]): Promise<ServerProcess> {
  const args = ['serve', '--port', '0', '--log-level', 'warn', ...flags];
  return startServer(join(ROOT, 'dist/main.cjs'), args, { WARMPOOL_ADMIN_TOKEN: ADMIN_TOKEN });
}

/** One worker more, then one less, again and again. */
async function coldStarts(server: ServerProcess) {
  const phases = [];
  for (let i = 0; i < COLD_STARTS; i++) {
    const workers = await provision(server, 2);
    const newest = workers.reduce((a, b) => (b.id > a.id ? b : a));
    if (newest.coldStart) phases.push(newest.coldStart);
    await provision(server, 1);
  }
  return phases;
}

/** Resolves once exactly that many workers are there, all warm. */
async function provision({ url }: ServerProcess, reserved: number): Promise<readonly WorkerStats[]> {
  await query(
    url,
    'mutation($n: Int!) { provision(model: "cat-dog", reserved: $n) { maxWorkers } }',
    { n: reserved },
    ADMIN_TOKEN,
  );
  for (;;) {
    const text = '{ poolStats { workers { id coldStart { thread runtime model warmUp total } } } }';
    const { data } = await query<{ poolStats: { workers: WorkerStats[] } }>(url, text, {}, ADMIN_TOKEN);
    const workers = data?.poolStats.workers ?? [];
    if (workers.length === reserved && workers.every((worker) => worker.coldStart)) return workers;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function middle(values: readonly number[]): number {
  return round([...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
