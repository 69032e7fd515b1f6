/** What the gateway costs beside requests: time to ready, cold starts, memory per worker, memory after many requests. */
import { join } from 'node:path';
import { ADMIN_TOKEN } from '../support/gateway-process.ts';
import { query } from '../support/graphql-client.ts';
import { load, type Upload } from './load.ts';
import { ROOT, type ServerProcess, startServer } from './server-process.ts';

const COLD_STARTS = 11;
const EXTRA_WORKERS = 7;
/** Requests between two looks at the memory. */
const STRIDE = 500;
const SOAK_STRIDES = 30;
/** Of these: the first looks, after the warm-up, that are compared with the last ones. */
const COMPARED = 10;

interface WorkerStats {
  readonly id: number;
  readonly coldStart: Record<'thread' | 'runtime' | 'model' | 'warmUp' | 'total', number> | null;
}

export async function measureFootprint(uploads: readonly Upload[]) {
  const soaked = await gateway();
  const memory = await soak(soaked, uploads);
  await soaked.stop();

  const scaled = await gateway(
    '--max-workers',
    String(1 + EXTRA_WORKERS),
    '--reserved',
    '1',
    '--keep-alive',
    'fixed:0s',
  );
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
    rssMBFirst5000: Math.min(...memory.slice(0, COMPARED)),
    rssMBLast5000of15000: Math.min(...memory.slice(-COMPARED)),
  };
}

/**
 * MB resident after every 500 requests. Between two major collections the heap grows by some 50 MB and falls back, so only
 * the lowest of several looks can be compared with the lowest of several others.
 */
async function soak(server: ServerProcess, uploads: readonly Upload[]): Promise<readonly number[]> {
  const memory: number[] = [];
  await load(server.url, uploads, 8, { seconds: 60, requests: 1000 });
  for (let i = 0; i < SOAK_STRIDES; i++) {
    await load(server.url, uploads, 8, { seconds: 60, requests: STRIDE });
    memory.push(round((await server.usage()).rssBytes / 2 ** 20));
  }
  return memory;
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
