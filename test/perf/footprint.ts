/** What the gateway costs beside requests: time to ready, cold starts, memory per worker, memory after many requests. */
import { setTimeout as wait } from 'node:timers/promises';
import { ADMIN_TOKEN } from '../support/gateway-process.ts';
import { query } from '../support/graphql-client.ts';
import { startGateway } from './contenders.ts';
import { load } from './load.ts';
import type { ServerProcess } from './server-process.ts';
import type { Subject } from './subject.ts';

const STARTS = 5;
const COLD_STARTS = 11;
const EXTRA_WORKERS = 7;
const PROVISION_LIMIT_MS = 60_000;
/** Between two looks at the memory; slow models get as far as they come in that time. */
const STRIDE = { requests: 500, seconds: 4 };
const SOAK_STRIDES = 30;
/** Of these: the first looks, after the warm-up, that are compared with the last ones. */
const COMPARED = 10;

interface WorkerStats {
  readonly id: number;
  readonly coldStart: Record<'thread' | 'runtime' | 'model' | 'warmUp' | 'total', number> | null;
}

export type Footprint = Awaited<ReturnType<typeof measureFootprint>>;

export async function measureFootprint(subject: Subject) {
  const readyMs = [];
  for (let i = 0; i < STARTS; i++) readyMs.push(await withGateway(subject, [], async (server) => server.readyMs));
  const memory = await withGateway(subject, [], (server) => soak(server, subject));
  const flags = ['--max-workers', String(1 + EXTRA_WORKERS), '--reserved', '1', '--keep-alive', 'fixed:0s'];
  const { phases, workerMB } = await withGateway(subject, flags, (server) => scale(server, subject));
  const median = (key: keyof NonNullable<WorkerStats['coldStart']>) => middle(phases.map((phase) => phase[key]));
  return {
    readyMs: middle(readyMs),
    coldStartMs: median('total'),
    threadMs: median('thread'),
    runtimeMs: median('runtime'),
    modelMs: median('model'),
    warmUpMs: median('warmUp'),
    workerMB,
    soakRequests: memory.requests,
    rssMBFirstThird: Math.min(...memory.rssMB.slice(0, COMPARED)),
    rssMBLastThird: Math.min(...memory.rssMB.slice(-COMPARED)),
  };
}

async function withGateway<T>(
  subject: Subject,
  flags: readonly string[],
  work: (server: ServerProcess) => Promise<T>,
): Promise<T> {
  const server = await startGateway(subject, ...flags);
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

/**
 * MB resident after every stride. Between two major collections the heap grows by some 50 MB and falls back, so only the
 * lowest of several looks can be compared with the lowest of several others.
 */
async function soak(server: ServerProcess, { uploads }: Subject) {
  const rssMB: number[] = [];
  let requests = 0;
  await load(server.url, uploads, 8, { seconds: 8, requests: 1000 });
  for (let i = 0; i < SOAK_STRIDES; i++) {
    const result = await load(server.url, uploads, 8, STRIDE);
    if (result.errors > 0)
      throw new Error(`${result.errors} requests failed, the first one with: ${result.firstError}`);
    requests += result.requests;
    rssMB.push((await server.usage()).rssBytes / 2 ** 20);
  }
  return { requests, rssMB };
}

/** One worker more, then one less, again and again; at last all at once. */
async function scale(server: ServerProcess, subject: Subject) {
  const phases = [];
  for (let i = 0; i < COLD_STARTS; i++) {
    const workers = await provision(server, subject, 2);
    const newest = workers.reduce((a, b) => (b.id > a.id ? b : a));
    if (newest.coldStart) phases.push(newest.coldStart);
    await provision(server, subject, 1);
  }
  const few = await server.usage();
  await provision(server, subject, 1 + EXTRA_WORKERS);
  const many = await server.usage();
  return { phases, workerMB: (many.rssBytes - few.rssBytes) / EXTRA_WORKERS / 2 ** 20 };
}

/** Resolves once exactly that many workers are there, all warm. */
async function provision(
  { url }: ServerProcess,
  { manifest }: Subject,
  reserved: number,
): Promise<readonly WorkerStats[]> {
  const order = 'mutation($model: String!, $n: Int!) { provision(model: $model, reserved: $n) { maxWorkers } }';
  const { errors } = await query(url, order, { model: manifest.name, n: reserved }, ADMIN_TOKEN);
  if (errors) throw new Error(`provision failed: ${errors[0]?.message}`);
  const ends = performance.now() + PROVISION_LIMIT_MS;
  while (performance.now() < ends) {
    const text = '{ poolStats { workers { id coldStart { thread runtime model warmUp total } } } }';
    const { data } = await query<{ poolStats: { workers: WorkerStats[] } }>(url, text, {}, ADMIN_TOKEN);
    const workers = data?.poolStats.workers ?? [];
    if (workers.length === reserved && workers.every((worker) => worker.coldStart)) return workers;
    await wait(10);
  }
  throw new Error(`${reserved} workers were not warm within ${PROVISION_LIMIT_MS} ms.`);
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
