/** The command line as users run it. */
import { execFile } from 'node:child_process';
import { ROOT } from '../support/gateway-process.ts';

export interface CliResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function runCli(...args: readonly string[]): Promise<CliResult> {
  return runCliIn({}, ...args);
}

export function runCliIn(
  { cwd = ROOT, env = {} }: { readonly cwd?: string; readonly env?: Record<string, string> },
  ...args: readonly string[]
): Promise<CliResult> {
  const options = { cwd, env: { ...process.env, ...env } };
  return new Promise((resolve) => {
    execFile(process.execPath, [`${ROOT}/dist/main.cjs`, ...args], options, (error, stdout, stderr) => {
      resolve({ status: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}
