/** A server under test as a child process that can be asked for its CPU time and memory. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROBE = new URL('./probe.mjs', import.meta.url).href;

interface Usage {
  /** User and system time of all threads since the start, in ms. */
  readonly cpuMs: number;
  readonly rssBytes: number;
}

export interface ServerProcess {
  readonly url: string;
  /** From the fork to the first 200 of /readyz (or, without one, of any request), in ms. */
  readonly readyMs: number;
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

/** The program must print "listens on http://…/" and answer /readyz. */
export async function startServer(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<ServerProcess> {
  const started = performance.now();
  const child = forkWithProbe(program, args, env);
  const url = await addressOf(child);
  for (;;) {
    const response = await fetch(`${url}/readyz`);
    await response.arrayBuffer();
    if (response.ok) break;
  }
  return { url, readyMs: performance.now() - started, usage: () => usageOf(child), stop: () => stop(child) };
}

export function forkWithProbe(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return fork(program, args, {
    execArgv: ['--import', PROBE],
    env: { ...process.env, ORT_DISABLE_TELEMETRY: '1', ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
}

async function usageOf(child: ChildProcess): Promise<Usage> {
  const answer = once(child, 'message');
  child.send('usage');
  return (await answer)[0] as Usage;
}

async function stop(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

async function addressOf(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    const address = /listens on (http:\S+)\//.exec(line)?.[1];
    if (address) return address;
  }
  throw new Error('The server ended before it listened.');
}
