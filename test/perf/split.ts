/**
 * Where a request's server CPU goes, at one concurrency, for the Warmpool gateway.
 *
 * HTTP, GraphQL and the hop are measured as differences: four servers (stages.mjs), each with one part of the gateway
 * more than the one before, get the same load, and what the next one takes more is the part. Decoding and inference are
 * measured alone, in a bare loop on each core (floor.mjs). Nothing makes these parts sum up to the full request: what is
 * missing, or too much, is shown as "other". It holds what only happens together: caches and cores shared by all of it,
 * and requests that cross to a worker, or are inferred, several at a time.
 *
 * The figures are user and system time of the server's process, all threads. The stages take turns, so that a change in
 * the machine meets all of them, and of each the lowest round counts: other programs, and the compiler, only ever add.
 */
import { fileURLToPath } from 'node:url';
import { GATEWAY_THREADS, WORKERS } from './contenders.ts';
import { runFloor } from './floor.ts';
import { type LoadRow, measureUnderLoad, warmUp } from './measure.ts';
import { type ServerProcess, startServer } from './server-process.ts';
import type { Subject } from './subject.ts';

const PROGRAM = fileURLToPath(new URL('./stages.mjs', import.meta.url));
const CLIENTS = 8;
/** Each of half the usual time: many short rounds leave less to chance than a few long ones. */
const ROUNDS = 6;
const STAGES = ['http', 'graphql', 'hop', 'full'] as const;
type Stage = (typeof STAGES)[number];

export interface Split {
  readonly clients: number;
  /** The lowest round of each. */
  readonly stages: Readonly<Record<Stage, LoadRow>>;
  /** CPU-ms of a request in the highest round. */
  readonly highest: Readonly<Record<Stage, number>>;
  /** CPU-ms of a request. */
  readonly parts: Readonly<Record<'http' | 'graphql' | 'hop' | 'decode' | 'infer' | 'other', number>>;
}

export async function measureSplit(subject: Subject, seconds: number): Promise<Split> {
  const servers = new Map<Stage, ServerProcess>();
  try {
    for (const stage of STAGES) {
      const args = [stage, subject.file, String(WORKERS)];
      const server = await startServer(PROGRAM, args, GATEWAY_THREADS);
      servers.set(stage, server);
      await warmUp(server, subject);
    }
    return await inTurns(servers, subject, seconds / 2);
  } finally {
    for (const server of servers.values()) await server.stop();
  }
}

async function inTurns(servers: ReadonlyMap<Stage, ServerProcess>, subject: Subject, seconds: number): Promise<Split> {
  const rounds = perStage((): LoadRow[] => []);
  const decode: number[] = [];
  const infer: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    for (const [stage, server] of servers) {
      const row = await measureUnderLoad(server, subject.uploads, CLIENTS, seconds);
      if (row.errors > 0) throw new Error(`The stage "${stage}" answered ${row.errors} requests wrong.`);
      rounds[stage].push(row);
    }
    decode.push((await runFloor(subject, seconds, 'decode')).cpuMsPerRequest);
    infer.push((await runFloor(subject, seconds, 'infer')).cpuMsPerRequest);
  }
  const stages = perStage((stage) => lowestOf(rounds[stage]));
  const parts = {
    http: cpuOf(stages.http),
    graphql: cpuOf(stages.graphql) - cpuOf(stages.http),
    hop: cpuOf(stages.hop) - cpuOf(stages.graphql),
    decode: Math.min(...decode),
    infer: Math.min(...infer),
  };
  const sum = Object.values(parts).reduce((a, b) => a + b);
  const highest = perStage((stage) => Math.max(...rounds[stage].map(cpuOf)));
  return { clients: CLIENTS, stages, highest, parts: { ...parts, other: cpuOf(stages.full) - sum } };
}

function cpuOf({ cpuMsPerRequest }: LoadRow): number {
  return cpuMsPerRequest;
}

function lowestOf(rounds: readonly LoadRow[]): LoadRow {
  return rounds.reduce((a, b) => (cpuOf(b) < cpuOf(a) ? b : a));
}

function perStage<T>(of: (stage: Stage) => T): Record<Stage, T> {
  return { http: of('http'), graphql: of('graphql'), hop: of('hop'), full: of('full') };
}
