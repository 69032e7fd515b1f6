/** The service on the store in memory, a real spool and virtual time. */
import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { Batches, type BatchesOptions } from '../../src/batches/batches.ts';
import { Spool } from '../../src/batches/spool/spool.ts';
import type { BatchUpload } from '../../src/batches/spool/upload.ts';
import type { RunItem } from '../../src/batches/store.ts';
import type { Batch } from '../../src/batches/types.ts';
import type { GatewayEvent } from '../../src/core/contracts/ports.ts';
import { VirtualClock } from '../pool/schedule/virtual-clock.ts';
import { MemoryStore } from './memory-store.ts';
import { temporaryFolder } from './temporary-folder.ts';

const root = await temporaryFolder();
export const NEW = { clientBatchId: null, model: 'm@1', topK: null };
const MINUTE = 60_000;

const opened: Batches[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((batches) => batches.close()));
});

interface Setup extends Partial<BatchesOptions> {
  readonly store?: MemoryStore;
  readonly folder?: string;
  readonly quotaBytes?: number;
  readonly run?: RunItem;
  readonly started?: boolean;
}

export async function openBatches(setup: Setup = {}) {
  const {
    store = new MemoryStore(),
    folder = join(root, randomUUID()),
    quotaBytes = 1e6,
    run,
    started,
    ...rest
  } = setup;
  const clock = new VirtualClock();
  const emitted: GatewayEvent[] = [];
  const spool = new Spool({ folder, quotaBytes });
  const batches = new Batches({
    store,
    spool,
    run: run ?? (() => new Promise(() => {})),
    clock,
    wallClock: () => 1000 + clock.now(),
    events: { emit: (event) => emitted.push(event) },
    options: {
      maxFiles: 5,
      maxFileBytes: 100,
      maxBatchBytes: 300,
      maxUploads: 2,
      maxLag: 1000,
      concurrency: run ? 2 : 0,
      maxAgeMs: 10 * MINUTE,
      keep: 10,
      intervalMs: MINUTE,
      ...rest,
    },
  });
  opened.push(batches);
  if (started !== false) await batches.start();
  const files = async () => (await readdir(folder)).sort();
  /** The next round of tidying up is over. */
  const round = async () => {
    clock.runTo(clock.now() + MINUTE);
    await until(() => clock.timers === 1);
  };
  return { batches, store, spool, folder, files, clock, round, emitted };
}

export async function begin(batches: Batches, request = {}): Promise<BatchUpload> {
  const upload = await batches.begin({ ...NEW, ...request });
  if (!('add' in upload)) throw new Error('the batch is there already');
  return upload;
}

export async function* bytes(...sizes: number[]): AsyncGenerator<Buffer> {
  for (const size of sizes) yield Buffer.alloc(size);
}

export async function upload(batches: Batches, files: number, request = {}): Promise<Batch> {
  const started = await begin(batches, request);
  for (let i = 0; i < files; i++) await started.add(`${i}.jpg`, bytes(10));
  return started.complete();
}

/** Polls, where there is no event to wait for. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + 10_000;
  while (!(await condition())) {
    if (performance.now() > giveUpAt) throw new Error('it did not come about');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
