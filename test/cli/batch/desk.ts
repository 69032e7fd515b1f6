/** `warmpool batch` with a folder and a memory of its own: in this process, or in one of its own where it is to be ended. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, vi } from 'vitest';
import { ROOT } from '../../support/gateway-process.ts';
import { type CliResult, runHereWith } from '../run-cli.ts';

interface RunningBatch {
  readonly ended: Promise<CliResult>;
  /** Resolves once stderr has this. */
  tells(pattern: RegExp): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

/** Shorter than that of a test, so that it tells what was waited for. */
export const LONGEST_WAIT_MS = 25_000;

export interface Desk {
  readonly folder: string;
  /** Writes files of these names; returns their folder. */
  photos(names: readonly string[], content?: string | Uint8Array): string;
  /** In a process of its own. */
  start(...args: readonly string[]): RunningBatch;
  run(...args: readonly string[]): Promise<CliResult>;
}

/** A place to work at for one test: its files, and what the command remembers. */
export function desk(): Desk {
  const folder = mkdtempSync(join(tmpdir(), 'warmpool-batch-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const memory = { XDG_STATE_HOME: join(folder, 'state') };
  const env = { ...process.env, ...memory };
  const start = (...args: readonly string[]) => {
    const child = spawn(process.execPath, [`${ROOT}/dist/main.cjs`, 'batch', ...args], { cwd: folder, env });
    let told = '';
    child.stderr.setEncoding('utf8').on('data', (more: string) => {
      told += more;
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const ended = Promise.all([text(child.stdout), once(child, 'close')]);
    return {
      ended: ended.then(([stdout, [status]]) => ({ status, stdout, stderr: told })),
      tells: (pattern: RegExp) => vi.waitFor(() => expect(told).toMatch(pattern), { timeout: LONGEST_WAIT_MS }),
      kill: (signal: NodeJS.Signals) => void child.kill(signal),
    };
  };
  return {
    folder,
    photos(names, content = 'a picture') {
      const photos = join(folder, 'photos');
      for (const name of names) {
        mkdirSync(dirname(join(photos, name)), { recursive: true });
        writeFileSync(join(photos, name), content);
      }
      return photos;
    },
    start,
    async run(...args) {
      const before = process.cwd();
      process.chdir(folder);
      try {
        return await runHereWith(memory, 'batch', ...args);
      } finally {
        process.chdir(before);
      }
    },
  };
}

/** `0.jpg`, `1.jpg` … in the order in which they are sent. */
export function numbered(count: number): string[] {
  const digits = String(count - 1).length;
  return Array.from({ length: count }, (_, i) => `${String(i).padStart(digits, '0')}.jpg`);
}

export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
