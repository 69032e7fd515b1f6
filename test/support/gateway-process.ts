/** The gateway as users run it: its own process, on a free port, warm. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const ADMIN_TOKEN = 'an-admin-token-for-tests';

/** Flags for the synthetic model of the fixtures, on one reserved worker. */
export const SYNTHETIC = ['--model-dir', 'test/fixtures/models', '--model', 'synthetic', '--reserved', '1'] as const;

export interface GatewayProcess {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly process: ChildProcess;
  /** What it logged so far: JSON lines. */
  readonly log: () => string;
  /** Sends SIGTERM and waits; resolves to the exit code, or to the signal that ended it. */
  stop(): Promise<number | NodeJS.Signals>;
  /** Sends SIGKILL and waits. */
  kill(): Promise<void>;
}

/** Starts `warmpool serve` with these flags, on data of its own, and resolves once /readyz says 200. */
export function startGateway(...flags: readonly string[]): Promise<GatewayProcess> {
  return startGatewayWith(process.execPath, ...flags);
}

/** `node`: the binary that runs it. */
export async function startGatewayWith(node: string, ...flags: readonly string[]): Promise<GatewayProcess> {
  const dataDir = await mkdtemp(join(tmpdir(), 'warmpool-'));
  const child = spawn(node, [`${ROOT}/dist/main.cjs`, 'serve', '--port', '0', ...flags], {
    cwd: ROOT,
    env: { ...process.env, WARMPOOL_ADMIN_TOKEN: ADMIN_TOKEN, WARMPOOL_DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  const exited = once(child, 'exit').finally(() => rm(dataDir, { recursive: true, force: true }));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const ended = exited.then(([code, signal]) => Promise.reject(new Error(`It ended with ${code ?? signal}: ${log}`)));
  const url = await Promise.race([addressOf(child), ended]);
  await warm(url);
  return {
    url,
    process: child,
    log: () => log,
    stop: async () => {
      child.kill('SIGTERM');
      const [code, signal] = (await exited) as [number | null, NodeJS.Signals];
      return code ?? signal;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function addressOf(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    const address = /listens on (http:\S+)\//.exec(line)?.[1];
    if (address) return address;
  }
  // It has ended, which the caller sees, and knows more about.
  return new Promise(() => {});
}

async function warm(url: string): Promise<void> {
  for (;;) {
    const { ok, body } = await fetch(`${url}/readyz`);
    await body?.cancel();
    if (ok) return;
  }
}
