/** A server under test as a child process that can be asked for its CPU time and memory. No wait for it is endless. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PROBE = new URL('./probe.mjs', import.meta.url).href;
const START_LIMIT_MS = 60_000;
const ANSWER_LIMIT_MS = 10_000;
/** Between two looks at /readyz: a start has to share its cores with whoever looks. */
const POLL_MS = 5;

interface Usage {
  /** User and system time of all threads since the start, in ms. */
  readonly cpuMs: number;
  readonly rssBytes: number;
}

export interface ServerProcess {
  readonly url: string;
  /** From the fork to the first 200 of /readyz, in ms. */
  readonly readyMs: number;
  usage(): Promise<Usage>;
  stop(): Promise<void>;
  /** With SIGKILL. */
  kill(): Promise<void>;
}

/** The program must print "listens on http://…/" and answer /readyz. */
export async function startServer(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<ServerProcess> {
  const started = performance.now();
  const child = forkWithProbe(program, args, env);
  const url = await unlessEnded(child, addressOf(child), START_LIMIT_MS);
  await unlessEnded(child, ready(url), START_LIMIT_MS);
  const readyMs = performance.now() - started;
  return { url, readyMs, usage: () => usageOf(child), stop: () => stop(child), kill: () => kill(child) };
}

export function forkWithProbe(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return fork(program, args, {
    execArgv: ['--import', PROBE],
    env: { ...withoutSettings(process.env), ORT_DISABLE_TELEMETRY: '1', ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
}

/** `work`, or an error that says why not: the child ended before it was done, or it took too long. */
export async function unlessEnded<T>(child: ChildProcess, work: Promise<T>, limitMs: number): Promise<T> {
  const over = new AbortController();
  const { signal } = over;
  const fail = (how: string) => Promise.reject(new Error(`${child.spawnargs.join(' ')} ${how}`));
  const end = hasEnded(child) ? Promise.resolve() : once(child, 'exit', { signal });
  try {
    return await Promise.race([
      work,
      end.then(() => fail(`ended (${child.exitCode ?? child.signalCode})`)),
      wait(limitMs, null, { signal }).then(() => fail(`did not answer for ${limitMs} ms`)),
    ]);
  } finally {
    over.abort();
  }
}

/** What the shell has set for its own gateway is not what is measured here. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(PORT|HOST|WARMPOOL_.*)$/.test(name)));
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

async function ready(url: string): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/readyz`);
    await response.arrayBuffer();
    if (response.ok) return;
    await wait(POLL_MS);
  }
}

async function usageOf(child: ChildProcess): Promise<Usage> {
  const answer = once(child, 'message');
  child.send('usage');
  const [usage] = await unlessEnded(child, answer, ANSWER_LIMIT_MS);
  return usage as Usage;
}

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await unlessEnded(child, exited, ANSWER_LIMIT_MS).catch(() => child.kill('SIGKILL'));
}

async function kill(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

async function addressOf(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    const address = /listens on (http:\S+)\//.exec(line)?.[1];
    if (address) return address;
  }
  throw new Error('It printed no address.');
}
