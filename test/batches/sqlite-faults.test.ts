import { setImmediate } from 'node:timers/promises';
import Libsql from 'libsql';
import { afterEach, describe, expect, it } from 'vitest';
import { openSqliteStore, type SqliteStoreOptions } from '../../src/batches/sqlite/sqlite-store.ts';
import type { ItemOutcome } from '../../src/batches/types.ts';
import { Bench, rejectsWith } from '../conformance/bench.ts';
import { BAD_IMAGE, outcomeOf } from '../conformance/outcomes.ts';
import { SqliteFile } from './sqlite-file.ts';

const benches: Bench[] = [];

function open(options: Partial<SqliteStoreOptions> = {}): { readonly file: SqliteFile; readonly bench: Bench } {
  const file = new SqliteFile({ retryMs: 1, ...options });
  const bench = new Bench(file);
  benches.push(bench);
  return { file, bench };
}

afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.end();
});

/** Adds items until there is no room for any more. */
async function fill(bench: Bench, id: string): Promise<void> {
  const name = 'x'.repeat(5_000);
  await expect(
    (async () => {
      for (;;) await bench.add(id, [name]);
    })(),
  ).rejects.toMatchObject({ name: 'GatewayError', code: 'SPOOL_FULL', retryAfterMs: expect.any(Number) });
}

describe('a full SQLite file', () => {
  it('refuses what it has no room for, whole, and keeps the rest', async () => {
    const { bench } = open({ maxBytes: 400_000 });
    const id = await bench.begin([]);
    await fill(bench, id);
    const { total, seq } = await bench.find(id);
    expect(total).toBeGreaterThan(10);
    expect(await bench.items(id)).toHaveLength(total);
    expect(await bench.store.seal(id)).toMatchObject({ state: 'running', total, seq: seq + 1 });
  });

  it('takes an outcome as soon as there is room again', async () => {
    const { bench } = open({ maxBytes: 400_000 });
    const id = await bench.upload(['a.jpg']);
    const run = await bench.process().next();
    const full = await bench.begin([]);
    await fill(bench, full);
    const scores = Array.from({ length: 3_000 }, (_, i) => ({ label: `label ${i}`, confidence: 1 / 3 }));
    const outcome: ItemOutcome = { ok: true, label: 'label 0', confidence: 1 / 3, scores };
    run.finish(outcome);
    for (let turn = 0; turn < 10; turn++) await setImmediate();
    expect(await bench.statuses(id)).toEqual(['running']);
    await bench.store.discard(full);
    expect(await bench.until(id, ({ state }) => state === 'completed')).toMatchObject({ done: 1, seq: 2 });
    expect((await bench.items(id))[0]?.outcome).toEqual(outcome);
    expect(bench.store.trouble()).toBeNull();
  });
});

describe('a SQLite file', () => {
  it('belongs to one store at a time', async () => {
    const { file, bench } = open();
    expect(() => openSqliteStore(file.path)).toThrow(`${file.path} is in use by another process.`);
    const id = await bench.upload(['a.jpg', 'b.jpg']);
    await bench.process().next();
    await bench.close();
    for (let life = 0; life < 3; life++) {
      const next = openSqliteStore(file.path);
      expect(await next.find(id)).toMatchObject({ id, total: 2, seq: 1 });
      await next.close();
    }
  });

  it('of another version is left alone', async () => {
    const { file, bench } = open();
    await bench.close();
    const db = new Libsql(file.path);
    db.exec('PRAGMA user_version = 99');
    db.close();
    const message = `${file.path} has version 99 of the batch tables; this is version 2.`;
    for (let attempt = 0; attempt < 2; attempt++) expect(() => openSqliteStore(file.path)).toThrow(message);
  });

  it('that is closed says so', async () => {
    const { bench } = open();
    const id = await bench.upload(['a.jpg']);
    await bench.close();
    await bench.close();
    expect(bench.store.trouble()).toBe('The batch store is closed.');
    await rejectsWith('OVERLOADED', bench.store.find(id));
    await rejectsWith('OVERLOADED', bench.add(id, ['b.jpg']));
  });
});

describe('an item', () => {
  it('fails if it was running each time when five processes died', async () => {
    const { bench } = open();
    const id = await bench.upload(['bomb.jpg', 'b.jpg']);
    for (let deaths = 0; deaths < 5; deaths++) {
      expect(await bench.statuses(id)).toEqual(['queued', 'queued']);
      expect((await bench.process().next()).work.index).toBe(0);
      await bench.crash();
    }
    const [bomb] = await bench.items(id, 'failed');
    expect(bomb?.outcome).toMatchObject({
      ok: false,
      code: 'WORKER_FAILED',
      message: expect.stringContaining('5 times'),
    });
    expect(await bench.find(id)).toMatchObject({ failed: 1, seq: 2 });
    expect((await bench.process().next()).work.index).toBe(1);
  });

  it('that ends its process takes none with it that ran beside it', async () => {
    const { bench } = open();
    const id = await bench.upload(['a.jpg', 'bomb.jpg', 'c.jpg', 'd.jpg']);
    for (let life = 0; ; life++) {
      const runs = bench.process(8);
      let bomb = await runs.next();
      while (bomb.work.index !== 1) {
        if (life > 1) bomb.finish(outcomeOf(bomb.work));
        bomb = await runs.next();
      }
      if (life > 1) for (let turn = 0; turn < 20; turn++) await setImmediate();
      if (life > 1) expect(runs.pick(0)).toBeUndefined();
      await bench.crash();
      if ((await bench.find(id)).failed > 0) break;
    }
    void bench.process(8).finishAll();
    await bench.until(id, ({ state }) => state === 'completed');
    expect(await bench.statuses(id)).toEqual(['done', 'failed', 'done', 'done']);
  });

  it('is never failed for processes that were closed', async () => {
    const { bench } = open();
    const id = await bench.upload(['a.jpg']);
    for (let closings = 0; closings < 8; closings++) {
      await bench.process().next();
      await bench.close();
      await bench.crash();
    }
    expect(await bench.statuses(id)).toEqual(['queued']);
  });

  it('that is given back is not run again at once, whatever else could run, and nobody waits for that at the end', async () => {
    const { bench } = open({ retryMs: 3_600_000 });
    const id = await bench.upload(['a.jpg', 'b.jpg']);
    const runs = bench.process(8);
    const [first, second] = await runs.several(2);
    first?.giveBack();
    second?.finish(BAD_IMAGE);
    await bench.until(id, ({ failed }) => failed === 1);
    for (let turn = 0; turn < 20; turn++) await setImmediate();
    expect(runs.pick(0)).toBeUndefined();
    await bench.close();
    await bench.crash();
    expect(await bench.statuses(id)).toEqual(['queued', 'failed']);
  });

  it('may be one of many that run at once, without a warning', async () => {
    const { bench } = open();
    await bench.upload(Array.from({ length: 40 }, (_, i) => `${i}.jpg`));
    const warnings: string[] = [];
    const warn = ({ message }: Error) => warnings.push(message);
    process.on('warning', warn);
    for (const run of await bench.process(40).several(40)) if (run.work.index % 2) run.giveBack();
    await setImmediate();
    process.off('warning', warn);
    expect(warnings).toEqual([]);
  });

  it('of an older batch goes first, even if it comes later', async () => {
    const { bench } = open();
    const old = await bench.begin(['a.jpg']);
    const young = await bench.begin(['b.jpg', 'c.jpg']);
    const runs = bench.process(1);
    const first = await runs.next();
    await bench.add(old, ['d.jpg']);
    first.finish(outcomeOf(first.work));
    const second = await runs.next();
    second.finish(BAD_IMAGE);
    const third = await runs.next();
    expect([first, second, third].map(({ work }) => [work.batchId, work.index])).toEqual([
      [old, 0],
      [old, 1],
      [young, 0],
    ]);
  });
});
