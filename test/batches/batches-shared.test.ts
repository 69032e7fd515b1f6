import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { Batches } from '../../src/batches/batches.ts';
import { Spool } from '../../src/batches/spool/spool.ts';
import type { BatchWork } from '../../src/batches/types.ts';
import type { GatewayEvent } from '../../src/core/contracts/ports.ts';
import { systemClock } from '../../src/pool/system-clock.ts';
import { bytesOf } from '../../src/worker/picture.ts';
import { RedisServer, redisPart } from '../support/redis-server.ts';
import { itNeeds } from '../support/require-part.ts';
import { begin, NEW, until } from './open-batches.ts';
import { RedisBench } from './redis-bench.ts';
import { temporaryFolder } from './temporary-folder.ts';

const root = await temporaryFolder();
const never = new AbortController().signal;

let server: RedisServer | undefined;
let bench: RedisBench;
let folder: string;
const opened: Batches[] = [];

beforeAll(async () => {
  if (redisPart.available) server = await RedisServer.start();
});
afterAll(() => server?.stop());
beforeEach(() => {
  bench = new RedisBench(server as RedisServer);
  folder = join(root, randomUUID());
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((batches) => batches.close()));
  await bench.end();
});

/** One of the gateways that have the folder and Redis in common. What it runs says who it is. */
async function open(name: string, before: (work: BatchWork, signal: AbortSignal) => Promise<void> = async () => {}) {
  const gateway = await bench.gateway();
  const spool = new Spool({ folder, quotaBytes: 1e6 });
  const emitted: GatewayEvent[] = [];
  const batches = new Batches({
    store: gateway.store,
    spool,
    run: async (work, signal) => {
      await before(work, signal);
      const picture = bytesOf({ file: spool.path(work.batchId), ...work.extent });
      const label = `${Buffer.from(picture)} by ${name}`;
      return { ok: true, label, confidence: 1, scores: [] };
    },
    clock: systemClock,
    wallClock: Date.now,
    events: { emit: (event) => emitted.push(event) },
    options: {
      maxFiles: 100,
      maxFileBytes: 1000,
      maxBatchBytes: 1e6,
      maxUploads: 2,
      maxLag: 1000,
      concurrency: 2,
      maxAgeMs: 1e9,
      keep: 100,
      intervalMs: 50,
    },
  });
  opened.push(batches);
  await batches.start();
  return { batches, spool, gateway, emitted };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
}

async function* picture(index: number): AsyncGenerator<Buffer> {
  yield Buffer.from(`picture ${index}`);
}

async function spoolIsEmpty(): Promise<void> {
  await until(async () => (await readdir(folder)).length === 0);
}

async function resultsOf(batches: Batches, id: string): Promise<readonly string[]> {
  const { nodes } = await batches.items(id, { first: 1000, after: null, status: null });
  return nodes.map(({ outcome }) => (outcome?.ok ? outcome.label : (outcome?.message ?? 'none')));
}

itNeeds(
  redisPart,
  'gateways that share a spool share the work, and each knows when its pictures are gone',
  async () => {
    const [one, two] = [await open('one'), await open('two')];
    const upload = await begin(one.batches, { clientBatchId: randomUUID() });
    const progress = two.batches.progress(upload.batch.clientBatchId as string, 0, never);
    for (let i = 0; i < 40; i++) await upload.add(`${i}.jpg`, picture(i));
    const { id } = await upload.complete();
    const seqs: number[] = [];
    for await (const { seq } of progress) seqs.push(seq);
    expect(seqs).toEqual(Array.from({ length: 41 }, (_, i) => i + 1));
    const results = await resultsOf(two.batches, id);
    expect(results.map((label) => label.replace(/ by .*/, ''))).toEqual(
      Array.from({ length: 40 }, (_, i) => `picture ${i}`),
    );
    expect(new Set(results.map((label) => label.replace(/.* by /, '')))).toEqual(new Set(['one', 'two']));
    await spoolIsEmpty();
    await until(() => one.spool.usedBytes === 0 && two.spool.usedBytes === 0);
    expect([...one.emitted, ...two.emitted]).toEqual([]);
  },
);

itNeeds(redisPart, 'what a gateway that dies was running is run by another one, from the spool', async () => {
  const begun: BatchWork[] = [];
  const doomed = await open('doomed', (work, signal) => {
    begun.push(work);
    return aborted(signal);
  });
  const upload = await begin(doomed.batches);
  for (let i = 0; i < 5; i++) await upload.add(`${i}.jpg`, picture(i));
  const { id } = await upload.complete();
  await until(() => begun.length === 2);
  doomed.gateway.die();

  const heir = await open('heir');
  for await (const _ of heir.batches.progress(id, null, never));
  expect(await resultsOf(heir.batches, id)).toEqual([0, 1, 2, 3, 4].map((i) => `picture ${i} by heir`));
  await spoolIsEmpty();
});

itNeeds(
  redisPart,
  'an upload whose gateway dies goes, its pictures too; another can be tried with its id',
  async () => {
    const clientBatchId = randomUUID();
    const doomed = await open('doomed', (_work, signal) => aborted(signal));
    const upload = await begin(doomed.batches, { clientBatchId });
    for (let i = 0; i < 5; i++) await upload.add(`${i}.jpg`, picture(i));
    const heir = await open('heir');
    await expect(heir.batches.begin({ ...NEW, clientBatchId })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('being uploaded'),
    });
    // Rounds of tidying up leave it alone as long as its gateway lives.
    expect((await readdir(folder)).length).toBe(1);
    doomed.gateway.die();
    await spoolIsEmpty();
    expect(await heir.batches.find(clientBatchId)).toBeNull();
    expect('add' in (await heir.batches.begin({ ...NEW, clientBatchId }))).toBe(true);
  },
);
