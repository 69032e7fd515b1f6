import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Batches } from '../../src/batches/batches.ts';
import type { BatchItem } from '../../src/batches/types.ts';
import { openBatches } from '../../src/gateway/batches.ts';
import { loadConfig, SETTINGS } from '../../src/settings/gateway.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { plainPicture } from '../support/pictures.ts';
import { openTestPool, type TestPool } from '../support/test-pool.ts';
import { begin, until } from './open-batches.ts';
import { temporaryFolder } from './temporary-folder.ts';

const root = await temporaryFolder();
const RED = await plainPicture(255, 0, 0);
const GREEN = await plainPicture(0, 255, 0);
const NO_PICTURE = Buffer.from('no picture');

let dataDir: string;
let gateway: TestPool & { readonly batches: Batches };
const warnings: string[] = [];
const onWarning = ({ message }: Error) => warnings.push(message);

beforeEach(() => {
  dataDir = join(root, randomUUID());
  process.on('warning', onWarning);
});
afterEach(async () => {
  await close();
  process.off('warning', onWarning);
  expect(warnings.splice(0)).toEqual([]);
});

async function open(model: string, maxWorkers: number): Promise<void> {
  const flags = { reserved: '1', maxWorkers: String(maxWorkers), dataDir };
  const pool = await openTestPool(model, flags);
  const config = loadConfig(SETTINGS, flags, {});
  gateway = { ...pool, ...(await openBatches(config, { ...pool, log: createLog('silent') })) };
}

async function close(): Promise<void> {
  await gateway.batches.close();
  await gateway.pool.close();
}

async function upload(pictures: readonly Buffer[]): Promise<string> {
  const started = await begin(gateway.batches, { model: gateway.defaultModel.key, topK: 1 });
  for (const [i, picture] of pictures.entries()) await started.add(`${i}.png`, oneChunk(picture));
  return (await started.complete()).id;
}

async function* oneChunk(picture: Buffer): AsyncGenerator<Buffer> {
  yield picture;
}

async function ended(id: string): Promise<readonly BatchItem[]> {
  for await (const _ of gateway.batches.progress(id, null, new AbortController().signal));
  return (await gateway.batches.items(id, { first: 1000, after: null, status: null })).nodes;
}

async function spoolIsEmpty(): Promise<void> {
  await until(async () => (await readdir(join(dataDir, 'spool'))).length === 0);
}

describe('batches on the real pool and the real store', () => {
  it('give each picture its own result, and leave nothing in the spool', async () => {
    await open('synthetic', 8);
    const pictures = Array.from({ length: 60 }, (_, i) => [RED, GREEN, NO_PICTURE][i % 3] as Buffer);
    const items = await ended(await upload(pictures));
    expect(items).toHaveLength(60);
    for (const { index, outcome } of items) {
      expect(outcome).toMatchObject(
        [
          { ok: true, label: 'red', scores: [{ label: 'red' }] },
          { ok: true, label: 'green', scores: [{ label: 'green' }] },
          { ok: false, code: 'UNSUPPORTED_FORMAT' },
        ][index % 3] as object,
      );
    }
    await spoolIsEmpty();
    expect(gateway.events.count('internalError')).toBe(0);
  });

  it('go on after an orderly end in the middle; no picture has failed by it', async () => {
    await open('slow', 1);
    const id = await upload(Array.from({ length: 6 }, () => RED));
    const events = gateway.batches.progress(id, 1, new AbortController().signal);
    expect((await events.next()).value).toMatchObject({ done: 1 });
    await events.return();
    await close();

    await open('slow', 1);
    expect((await gateway.batches.find(id))?.state).toBe('running');
    const items = await ended(id);
    expect(items.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 'done'));
    await spoolIsEmpty();
  });

  it('let one that is in a hurry pass', async () => {
    await open('slow', 1);
    const id = await upload(Array.from({ length: 20 }, () => RED));
    await gateway.run(GREEN);
    expect((await gateway.batches.find(id))?.done).toBeLessThan(20);
    await gateway.batches.cancel(id);
  });
});
