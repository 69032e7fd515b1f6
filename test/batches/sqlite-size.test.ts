import { statSync } from 'node:fs';
import Libsql from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Bench } from '../conformance/bench.ts';
import { BAD_IMAGE } from '../conformance/outcomes.ts';
import { SqliteFile } from './sqlite-file.ts';

const EVERYTHING = Number.MAX_SAFE_INTEGER;

let file: SqliteFile;
let bench: Bench;

beforeEach(() => {
  file = new SqliteFile();
  bench = new Bench(file);
});

afterEach(() => bench.end());

async function uploadMany(count: number): Promise<string> {
  return bench.upload(Array.from({ length: count }, (_, i) => `${i}.jpg`));
}

/** Rows of all tables, removed or not. */
function rowsIn(path: string): { readonly batches: number; readonly items: number; readonly events: number } {
  const db = new Libsql(path);
  const count = (table: string) => (db.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n;
  const rows = { batches: count('batches'), items: count('items'), events: count('events') };
  db.close();
  return rows;
}

const NOTHING = { batches: 0, items: 0, events: 0 };

describe('a large batch in SQLite', () => {
  it('is out of sight at once when it is removed, while its rows go bit by bit', async () => {
    const id = await uploadMany(3_000);
    await bench.store.cancel(id);
    expect(await bench.store.prune(EVERYTHING, 0)).toEqual([id]);
    expect(await bench.store.find(id)).toBeNull();
    expect(rowsIn(file.path).items).toBeGreaterThan(2_000);
    const other = await bench.upload(['a.jpg']);
    expect(rowsIn(file.path).items).toBeGreaterThan(1_000);
    await bench.eventually(async () => expect(rowsIn(file.path)).toEqual({ batches: 1, items: 1, events: 1 }));
    expect(await bench.find(other)).toMatchObject({ total: 1 });
  });

  it('is removed by the next process if this one dies on the way', async () => {
    await bench.store.discard(await uploadMany(1_000));
    expect(rowsIn(file.path).items).toBeGreaterThan(500);
    await bench.crash();
    expect(rowsIn(file.path).items).toBeGreaterThan(500);
    await bench.eventually(async () => expect(rowsIn(file.path)).toEqual(NOTHING));
  });

  it('is removed with a log that stays small', async () => {
    await bench.store.discard(await uploadMany(50_000));
    await bench.eventually(async () => expect(rowsIn(file.path)).toEqual(NOTHING));
    expect(statSync(`${file.path}-wal`).size).toBeLessThan(5e6);
  });

  it('goes through with a log that stays small', async () => {
    void bench.process(8).finishAll(() => BAD_IMAGE);
    const id = await uploadMany(5_000);
    await bench.until(id, ({ state }) => state === 'completed');
    expect(rowsIn(file.path)).toEqual({ batches: 1, items: 5_000, events: 5_001 });
    expect(statSync(`${file.path}-wal`).size).toBeLessThan(40e6);
    expect(statSync(file.path).size).toBeGreaterThan(400e3);
  });
});
