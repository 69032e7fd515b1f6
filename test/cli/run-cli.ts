/** The command line: in this process, which is quick, or in one of its own, as users run it. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { run } from '../../src/cli/program.ts';
import { ROOT } from '../support/gateway-process.ts';

export interface CliResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Env = Readonly<Record<string, string>>;

/** In this process, without any setting of its environment. */
export async function runHere(...args: readonly string[]): Promise<CliResult> {
  return runHereWith({}, ...args);
}

export async function runHereWith(env: Env, ...args: readonly string[]): Promise<CliResult> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const output = Promise.all([text(stdout), text(stderr)]);
  const status = await run(['node', 'warmpool', ...args], { stdout, stderr, env }).finally(() => {
    stdout.end();
    stderr.end();
  });
  const [out, err] = await output;
  return { status, stdout: out, stderr: err };
}

/** In a process of its own. */
export function runCli(...args: readonly string[]): Promise<CliResult> {
  return runCliIn({}, ...args);
}

interface Surroundings {
  /** The binary that runs it. */
  readonly node?: string;
  readonly cwd?: string;
  readonly env?: Record<string, string>;
}

export function runCliIn(
  { node = process.execPath, cwd = ROOT, env = {} }: Surroundings,
  ...args: readonly string[]
): Promise<CliResult> {
  // Of its own: other tests run beside this one.
  const dataDir = mkdtempSync(join(tmpdir(), 'warmpool-'));
  const options = { cwd, env: { ...process.env, WARMPOOL_DATA_DIR: dataDir, ...env } };
  return new Promise((resolve) => {
    execFile(node, [`${ROOT}/dist/main.cjs`, ...args], options, (error, stdout, stderr) => {
      rmSync(dataDir, { recursive: true, force: true });
      resolve({ status: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}
