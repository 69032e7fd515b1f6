/** Sends files as clients would, some at a time, and keeps account of what became of each. */
import { pMapIterable } from 'p-map';
import { ADMIN_TOKEN } from '../support/gateway-process.ts';
import { classify, query } from '../support/graphql-client.ts';

export interface HostileFile {
  readonly name: string;
  read(): Promise<Uint8Array> | Uint8Array;
}

export interface Outcome {
  readonly name: string;
  /** A label, or the code of an error. */
  readonly answer: string;
  readonly message: string | null;
  readonly ms: number;
}

const AT_ONCE = 8;
/** Longer than this is a hang. */
const PATIENCE_MS = 15_000;

export async function sendAll(url: string, files: readonly HostileFile[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for await (const outcome of pMapIterable(files, (file) => send(url, file), { concurrency: AT_ONCE })) {
    outcomes.push(outcome);
  }
  return outcomes;
}

export async function send(url: string, { name, read }: HostileFile): Promise<Outcome> {
  const bytes = await read();
  const started = performance.now();
  const { data, errors } = await classify(url, bytes, null, AbortSignal.timeout(PATIENCE_MS));
  const ms = performance.now() - started;
  const answer = data?.classify.label ?? errors?.[0]?.extensions.code ?? 'nothing';
  return { name, answer, message: errors?.[0]?.message ?? null, ms };
}

export interface Health {
  readonly memoryBytes: number;
  readonly counters: { readonly workersDied: number; readonly workersStarted: number; readonly retried: number };
}

export async function healthOf(url: string): Promise<Health> {
  const text = '{ poolStats { memoryBytes counters { workersDied workersStarted retried } } }';
  const { data } = await query<{ poolStats: Health }>(url, text, {}, ADMIN_TOKEN);
  return (data as { poolStats: Health }).poolStats;
}

/** Runs `work`; meanwhile an honest client asks again and again, and the memory of the gateway is watched. */
export async function amongOthers(url: string, honest: HostileFile, work: () => Promise<Outcome[]>) {
  let working = true;
  let peakBytes = 0;
  const seen: Outcome[] = [];
  const ask = async () => {
    while (working) {
      seen.push(await send(url, honest));
      peakBytes = Math.max(peakBytes, (await healthOf(url)).memoryBytes);
    }
  };
  const asking = ask();
  const outcomes = await work().finally(() => {
    working = false;
  });
  await asking;
  return { outcomes, honest: seen, peakBytes };
}

/** For the log of a test run: how often each answer, the slowest file, the memory. */
export function summary(what: string, outcomes: readonly Outcome[], beforeBytes: number, peakBytes: number): string {
  const counts = new Map<string, number>();
  for (const { answer } of outcomes) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  const answers = [...counts].map(([answer, count]) => `${answer} ${count}`).sort();
  const slowest = outcomes.reduce((a, b) => (b.ms > a.ms ? b : a));
  const mib = (bytes: number) => Math.round(bytes / 2 ** 20);
  return (
    `${what}: ${outcomes.length} files: ${answers.join(', ')}; slowest ${slowest.name} with ${slowest.ms.toFixed(0)} ms; ` +
    `memory ${mib(beforeBytes)} MiB before, ${mib(peakBytes)} MiB at most\n`
  );
}
