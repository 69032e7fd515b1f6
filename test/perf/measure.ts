/** One row of a table: a server under the load of so many clients. */
import { type LoadResult, load, percentile, type Upload } from './load.ts';
import type { ServerProcess } from './server-process.ts';
import type { Subject } from './subject.ts';

export interface LoadRow {
  readonly clients: number;
  readonly requestsPerSecond: number;
  /** Of the server's process alone, user and system time of all its threads. */
  readonly cpuMsPerRequest: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly errors: number;
  readonly rssMB: number;
}

/**
 * In s, at 8 clients. After 2,000 requests the compiler is still at work, and costs a request up to half as much again;
 * after 6 s the figures no longer fall.
 */
const WARM_UP_SECONDS = 8;

export async function warmUp(server: ServerProcess, { uploads }: Subject): Promise<void> {
  warn(await load(server.url, uploads, 8, { seconds: WARM_UP_SECONDS }));
}

export async function measureUnderLoad(
  server: ServerProcess,
  uploads: readonly Upload[],
  clients: number,
  seconds: number,
): Promise<LoadRow> {
  const before = await server.usage();
  const result = await load(server.url, uploads, clients, { seconds });
  const after = await server.usage();
  warn(result);
  const { requests, errors, seconds: took, times } = result;
  return {
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

/** A table can only count them. */
function warn({ errors, firstError }: LoadResult): void {
  if (firstError !== null) console.warn(`${errors} requests failed, the first one with: ${firstError}`);
}
