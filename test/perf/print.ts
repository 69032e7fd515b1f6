/** The results as tables. */
import type { FloorResult } from './floor.ts';
import type { Footprint } from './footprint.ts';
import type { LoadRow } from './measure.ts';
import type { Split } from './split.ts';
import { type Cell, printTable } from './table.ts';

/** A row of the comparison; the floor has no clients. */
export type Row = { readonly server: string } & FloorResult & Partial<LoadRow>;

const PARTS: readonly (readonly [keyof Split['parts'], name: string, measured: string])[] = [
  ['http', 'HTTP + multipart', 'stage http'],
  ['graphql', 'GraphQL', 'stage graphql − http'],
  ['hop', 'hop to the worker', 'stage hop − graphql'],
  ['decode', 'decode', 'alone, in a bare loop'],
  ['infer', 'inference', 'alone, in a bare loop'],
  ['other', 'other', 'full − all of these'],
];

export function printRows(rows: readonly Row[]): void {
  const floor = rows[0]?.cpuMsPerRequest ?? Number.NaN;
  console.log('\nServers under load: times in ms, CPU of the server alone, × floor is its ratio to the bare loop');
  printTable(
    rows.map((row) => ({ server: row.server, ...figures(row), '× floor': (row.cpuMsPerRequest / floor).toFixed(2) })),
  );
}

export function printSplit({ clients, stages, highest, parts }: Split): void {
  const full = stages.full.cpuMsPerRequest;
  console.log(`\nWhere a request's server CPU goes, at ${clients} clients: the stages of the gateway, and its parts`);
  printTable(
    Object.entries(stages).map(([stage, row]) => ({
      stage,
      ...figures(row),
      'highest CPU-ms': highest[stage as keyof typeof stages].toFixed(2),
    })),
  );
  const lines = PARTS.map(([part, name, measured]) => [name, measured, parts[part]] as const);
  printTable(
    [...lines, ['full request', 'stage full', full] as const].map(([part, measured, cpuMs]) => ({
      part,
      'measured as': measured,
      'CPU-ms': Number(cpuMs.toFixed(3)),
      '% of full': Math.round((100 * cpuMs) / full),
    })),
  );
}

export function printFootprint(footprint: Footprint): void {
  console.log('\nBeside requests: ms from start to ready, ms of a cold start and of its phases, MB of memory');
  printTable([Object.fromEntries(Object.entries(footprint).map(([key, value]) => [key, Number(value.toFixed(1))]))]);
}

function figures(row: FloorResult & Partial<LoadRow>): Record<string, Cell> {
  return {
    clients: row.clients,
    'req/s': Math.round(row.requestsPerSecond),
    'CPU-ms': row.cpuMsPerRequest.toFixed(2),
    p50: row.p50Ms?.toFixed(1),
    p90: row.p90Ms?.toFixed(1),
    p99: row.p99Ms?.toFixed(1),
    max: row.maxMs?.toFixed(1),
    errors: row.errors,
    'RSS MB': row.rssMB?.toFixed(0),
  };
}
