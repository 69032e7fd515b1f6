import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../src/batches/sqlite/sqlite-store.ts';
import { Bench } from '../conformance/bench.ts';
import { outcomeOf } from '../conformance/outcomes.ts';

const PROGRAM = new URL('./sqlite-child.ts', import.meta.url).pathname;

let directory: string;
let child: ChildProcessByStdio<Writable, Readable, null>;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'warmpool-kill-'));
});

afterEach(() => {
  child.kill('SIGKILL');
  rmSync(directory, { recursive: true });
});

/** Runs a store in a process of its own and kills that after so many lines; what it has said. */
async function killAfter(lines: number, file: string, ...args: string[]): Promise<string[]> {
  child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, file, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const { stdin, stdout } = child;
  const exit = once(child, 'exit');
  // It is killed while it may still be written to.
  stdin.on('error', () => {});
  stdin.write('run\n'.repeat(8));
  const said: string[] = [];
  for await (const line of createInterface({ input: stdout })) {
    said.push(line);
    if (line.startsWith('ended')) stdin.write('run\n');
    if (said.length === lines) child.kill('SIGKILL');
  }
  expect(await exit).toEqual([null, 'SIGKILL']);
  return said;
}

describe('a process that is killed with SIGKILL', () => {
  it('has lost nothing that it said was done, and every item ends once', async () => {
    const file = join(directory, 'batches.db');
    const added = await killAfter(300, file, 'upload', 'kept', '250');
    expect(added.slice(0, 251)).toEqual([...Array.from({ length: 250 }, (_, i) => `added ${i}`), 'sealed']);
    const ended: string[] = added.filter((line) => line.startsWith('ended'));
    for (let life = 0; life < 2; life++) ended.push(...(await killAfter(60, file, 'run', 'kept')));

    const store = openSqliteStore(file);
    const bench = new Bench({ store, reopen: async () => store, end: () => store.close() });
    try {
      const before = await bench.items('kept');
      for (const line of ended) expect(before[Number(line.split(' ')[1])]?.status).toBe('done');
      void bench.process(4).finishAll();
      await bench.until('kept', ({ state }) => state === 'completed');
      const items = await bench.items('kept');
      expect(items.map(({ outcome }) => outcome)).toEqual(items.map(outcomeOf));
      const events = await bench.events('kept');
      expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 251 }, (_, i) => i + 1));
      expect(new Set(events.map(({ item }) => item?.index)).size).toBe(251);
    } finally {
      await bench.end();
    }
  });
});
