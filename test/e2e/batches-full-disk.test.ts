// Facts about a gateway whose disk is full: a small one of its own, which takes the rights of root.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { appendFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import { type GatewayProcess, SYNTHETIC, startGateway } from '../support/gateway-process.ts';
import { classify } from '../support/graphql-client.ts';
import { itNeeds, type Part } from '../support/require-part.ts';
import {
  allBatches,
  expectEachOnce,
  findBatch,
  labelAt,
  pictureAt,
  sendBatch,
  spoolIsEmpty,
  uploadBatch,
} from './batch-client.ts';

const MiB = 2 ** 20;
/** More than the log that SQLite keeps. */
const DISK_BYTES = 64 * MiB;
const CLIENT_BATCH_ID = 'a-batch-for-a-full-disk';

const diskPart: Part = {
  name: 'the right to mount a file system',
  available: canMount(),
  howToGet: 'run as root, in a container with CAP_SYS_ADMIN',
};

let disk: string;
let gateway: GatewayProcess;
beforeEach(async () => {
  if (!diskPart.available) return;
  disk = await mkdtemp(join(tmpdir(), 'warmpool-disk-'));
  mount(disk);
  gateway = await startGateway(...SYNTHETIC, '--max-workers', '1', '--drill', 'service=25ms', '--data-dir', disk);
});
afterEach(async () => {
  if (!diskPart.available) return;
  await gateway.kill();
  unmount(disk);
  await rm(disk, { recursive: true });
});

itNeeds(diskPart, 'a batch that the disk has no room for is refused, and leaves nothing behind', async () => {
  const others = join(disk, 'what others have written');
  await writeFile(others, Buffer.alloc(DISK_BYTES - 8 * MiB));
  const large = (index: number) => Buffer.concat([pictureAt(index), Buffer.alloc(100_000)]);
  expect(await sendBatch(gateway.url, 200, CLIENT_BATCH_ID, large)).toMatchObject({
    data: null,
    errors: [{ extensions: { code: 'SPOOL_FULL', retryAfterMs: expect.any(Number) } }],
  });
  expect(await readdir(join(disk, 'spool'))).toEqual([]);
  expect(await allBatches(gateway.url)).toEqual([]);

  await rm(others);
  const { id } = await uploadBatch(gateway.url, 50, CLIENT_BATCH_ID);
  await expectEachOnce(gateway.url, id, 50);
  await spoolIsEmpty(disk);
});

itNeeds(diskPart, 'a batch whose disk fills up while it is classified goes on when there is room again', async () => {
  const others = join(disk, 'what others have written');
  // Most of it before, so that the rest does not take as long as the batch.
  await writeFile(others, Buffer.alloc(DISK_BYTES - 16 * MiB));
  const { id } = await uploadBatch(gateway.url, 60);
  await fill(others);
  expect(await findBatch(gateway.url, id)).toMatchObject({ state: 'RUNNING' });

  expect(await sendBatch(gateway.url, 50, CLIENT_BATCH_ID)).toMatchObject({
    errors: [{ extensions: { code: 'SPOOL_FULL', retryAfterMs: expect.any(Number) } }],
  });
  const { data } = await classify(gateway.url, pictureAt(2));
  expect(data?.classify.label).toBe(labelAt(2));
  expect((await findBatch(gateway.url, id))?.done).toBeLessThan(60);

  await rm(others);
  await expectEachOnce(gateway.url, id, 60);
  await spoolIsEmpty(disk);
});

/** Until there is room for nothing. */
async function fill(file: string): Promise<void> {
  for (let bytes = 16 * MiB; bytes >= 1; bytes /= 2) {
    while (await appendFile(file, Buffer.alloc(bytes)).then(() => true, isDiskFull));
  }
}

function isDiskFull(error: NodeJS.ErrnoException): false {
  expect(error.code).toBe('ENOSPC');
  return false;
}

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'warmpool-disk-'));
  const mounted = mount(folder);
  if (mounted) unmount(folder);
  rmdirSync(folder);
  return mounted;
}

function mount(folder: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', folder]).status === 0;
}

function unmount(folder: string): void {
  spawnSync('umount', [folder]);
}
