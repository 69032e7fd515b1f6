/** The command line as users run it. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../support/gateway-process.ts';

export interface CliResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

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
