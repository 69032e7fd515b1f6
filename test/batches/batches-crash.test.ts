import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { openSqliteStore } from '../../src/batches/sqlite/sqlite-store.ts';
import { temporaryFolder } from './temporary-folder.ts';

const CHILD = new URL('./crash-child.ts', import.meta.url).pathname;
const KILLS = 5;
/** One process more than kills starts and ends, one after the other. */
const TIMEOUT_MS = 180_000;
const folder = await temporaryFolder();

it(
  'whenever it is killed, every accepted picture has one result in the end, and the spool is empty',
  async () => {
    const accepted = new Set<string>();
    for (let i = 0; i < KILLS; i++) await killAfter(20 + Math.floor(Math.random() * 200), accepted);
    await run('drain');
    expect(await readdir(join(folder, 'spool'))).toEqual([]);

    const store = openSqliteStore(join(folder, 'batches.db'));
    const { nodes } = await store.list({ first: 10_000, after: null });
    // There may be more: what the child has said last dies with it.
    expect(nodes.map(({ id }) => id)).toEqual(expect.arrayContaining([...accepted]));
    for (const { id, state, total } of nodes) {
      expect({ state, total }).toEqual({ state: 'completed', total: 12 });
      const items = (await store.items(id, { first: 1000, after: null, status: null })).nodes;
      for (const { index, name, outcome } of items) {
        expect(name).toBe(`${id} ${index}`);
        expect(outcome).toMatchObject(
          index % 4 === 3
            ? { ok: false, code: 'BAD_IMAGE', message: `bad ${id} ${index}` }
            : { ok: true, label: `good ${id} ${index}` },
        );
      }
      const events = await store.events(id, 0, 1000);
      expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 13 }, (_, i) => i + 1));
      expect(events.flatMap(({ item }) => item?.index ?? []).sort((a, b) => a - b)).toEqual(
        items.map(({ index }) => index),
      );
    }
    await store.close();
  },
  TIMEOUT_MS,
);

function start(mode: 'upload' | 'drain'): ChildProcessByStdio<null, Readable, null> {
  return spawn(process.execPath, ['--import', 'tsx', CHILD, folder, mode], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function killAfter(lines: number, accepted: Set<string>): Promise<void> {
  const child = start('upload');
  const exited = once(child, 'exit');
  let seen = 0;
  for await (const line of createInterface(child.stdout)) {
    const [word, id] = line.split(' ');
    if (word === 'accepted') accepted.add(id as string);
    if (++seen === lines) child.kill('SIGKILL');
  }
  expect(await exited).toEqual([null, 'SIGKILL']);
}

async function run(mode: 'drain'): Promise<void> {
  const child = start(mode);
  child.stdout.resume();
  expect(await once(child, 'exit')).toEqual([0, null]);
}
