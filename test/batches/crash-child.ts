/**
 * A gateway's batches without its server, to be killed: `crash-child.ts FOLDER upload` uploads one batch after the other,
 * `crash-child.ts FOLDER drain` only runs what is there. It prints the id of each batch that it has accepted, and a line for
 * whatever else has happened.
 */
import { randomInt, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Batches } from '../../src/batches/batches.ts';
import { runThroughPool } from '../../src/batches/run-item.ts';
import { Spool } from '../../src/batches/spool/spool.ts';
import { openSqliteStore } from '../../src/batches/sqlite/sqlite-store.ts';
import { hasEnded } from '../../src/batches/state.ts';
import type { RunItem } from '../../src/batches/store.ts';
import { GatewayError } from '../../src/core/contracts/errors.ts';
import type { ModelVersion } from '../../src/models/manifest.ts';
import { systemClock } from '../../src/pool/system-clock.ts';
import type { PoolAnswer } from '../../src/pool/warm-pool.ts';
import { bytesOf } from '../../src/worker/picture.ts';

const PICTURES = 12;
const [folder, mode] = process.argv.slice(2) as [string, 'upload' | 'drain'];
const events = { emit: (event: object) => process.stderr.write(`${JSON.stringify(event)}\n`) };
const spool = new Spool({ folder: join(folder, 'spool'), quotaBytes: 10_000_000 });
const store = openSqliteStore(join(folder, 'batches.db'));

/** The model's only label is what is in the picture. */
const run: RunItem = (work, signal) => {
  const labels: string[] = [];
  const runItem = runThroughPool({
    spool,
    models: { resolve: (key) => ({ key, output: { labels } }) as unknown as ModelVersion },
    submit: async ({ picture }) => {
      const label = Buffer.from(bytesOf(picture)).toString();
      labels.push(label);
      await turns(randomInt(4));
      if (label.startsWith('bad')) throw new GatewayError('BAD_IMAGE', label);
      return { probabilities: Float32Array.of(1) } as PoolAnswer;
    },
    clock: systemClock,
    events,
    patienceMs: 1000,
  });
  return runItem(work, signal);
};

const batches = new Batches({
  store,
  spool,
  run,
  clock: systemClock,
  wallClock: Date.now,
  events,
  options: {
    maxFiles: 100,
    maxFileBytes: 1_000_000,
    maxBatchBytes: 10_000_000,
    maxUploads: 4,
    maxLag: 1000,
    concurrency: 4,
    maxAgeMs: 1e9,
    keep: 1000,
    intervalMs: 60_000,
  },
});
store.onChange(() => process.stdout.write('changed\n'));
await batches.start();
await (mode === 'upload' ? upload() : drain());

async function upload(): Promise<never> {
  for (;;) {
    const begun = await batches.begin({ clientBatchId: randomUUID(), model: 'm@1', topK: null });
    if (!('add' in begun)) throw new Error('the batch is there already');
    for (let i = 0; i < PICTURES; i++) await begun.add(`${begun.batch.id} ${i}`, picture(begun.batch.id, i));
    const { id } = await begun.complete();
    process.stdout.write(`accepted ${id}\n`);
  }
}

/** Every fourth one is bad; each comes in two chunks. */
async function* picture(batchId: string, index: number): AsyncGenerator<Buffer> {
  const text = `${index % 4 === 3 ? 'bad' : 'good'} ${batchId} ${index}`;
  yield Buffer.from(text.slice(0, 10));
  await turns(randomInt(3));
  yield Buffer.from(text.slice(10));
}

async function drain(): Promise<void> {
  const { nodes } = await batches.list({ first: 10_000, after: null });
  const never = new AbortController().signal;
  for (const { id } of nodes) for await (const _ of batches.progress(id, null, never));
  while ((await spool.batches()).length > 0) await setImmediate();
  if (!(await batches.list({ first: 10_000, after: null })).nodes.every(hasEnded))
    throw new Error('not all have ended');
  await batches.close();
}

/** Lets whatever else is due in this process go on, so many times. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await setImmediate();
}
