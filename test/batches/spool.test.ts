import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Spool } from '../../src/batches/spool.ts';
import { temporaryFolder } from './temporary-folder.ts';

const root = await temporaryFolder();
let folder: string;
let batch: string;
beforeEach(() => {
  folder = join(root, randomUUID());
  batch = randomUUID();
});

async function openSpool(quotaBytes = 1_000_000): Promise<Spool> {
  const spool = new Spool({ folder, quotaBytes });
  await spool.open();
  return spool;
}

async function* chunks(...sizes: number[]): AsyncGenerator<Buffer> {
  for (const [i, size] of sizes.entries()) yield Buffer.alloc(size, i + 1);
}

async function filesOf(batchId: string): Promise<string[]> {
  return readdir(join(folder, batchId)).catch(() => []);
}

describe('a spool', () => {
  it('keeps a picture as it came, and reads it into memory that is shared', async () => {
    const spool = await openSpool();
    await spool.write(batch, 7, chunks(3, 70_000, 1));
    expect(await spool.size(batch, 7)).toBe(70_004);
    const picture = new Uint8Array(new SharedArrayBuffer(100_000), 0, 70_004);
    await spool.read(batch, 7, picture);
    expect(Buffer.from(picture)).toEqual(
      Buffer.concat([Buffer.alloc(3, 1), Buffer.alloc(70_000, 2), Buffer.alloc(1, 3)]),
    );
    expect(await readdir(join(folder, batch))).toEqual(['7']);
  });

  it('keeps an empty picture', async () => {
    const spool = await openSpool();
    await spool.write(batch, 0, chunks());
    expect(await spool.size(batch, 0)).toBe(0);
    expect(spool.usedBytes).toBe(0);
  });

  it('asks for the next chunk only when the last one is written', async () => {
    const spool = await openSpool();
    const sizes: number[] = [];
    async function* watched() {
      for (let i = 0; i < 4; i++) {
        sizes.push((await spool.size(batch, 0)) / 1000);
        yield Buffer.alloc(1000);
      }
    }
    await spool.write(batch, 0, watched());
    expect(sizes).toEqual([0, 1, 2, 3]);
  });

  it('says ENOENT of a picture that is not there, and has nothing to remove then', async () => {
    const spool = await openSpool();
    await expect(spool.size(batch, 0)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(spool.read(batch, 0, new Uint8Array(1))).rejects.toMatchObject({ code: 'ENOENT' });
    await spool.remove(batch, 0);
    await spool.removeBatch(batch);
  });

  it('rejects when a picture is shorter than the memory for it', async () => {
    const spool = await openSpool();
    await spool.write(batch, 0, chunks(5));
    await expect(spool.read(batch, 0, new Uint8Array(6))).rejects.toThrow('ends after 5 of 6 bytes');
  });

  it('lists the batches that it has pictures of, and nothing else', async () => {
    const spool = await openSpool();
    await spool.write(batch, 0, chunks(1));
    await mkdir(join(folder, 'lost+found'));
    expect(await spool.batches()).toEqual([batch]);
    await spool.removeBatch(batch);
    expect(await spool.batches()).toEqual([]);
  });

  it('takes no id that could be a path, and no index that is none', async () => {
    const spool = await openSpool();
    for (const id of ['../../../../etc/passwd', 'a/../../../../../b', '.', '', '................', 'x'.repeat(129)]) {
      await expect(spool.write(id, 0, chunks(1))).rejects.toThrow(TypeError);
      await expect(spool.removeBatch(id)).rejects.toThrow(TypeError);
    }
    for (const index of [-1, 0.5, Number.NaN]) await expect(spool.remove(batch, index)).rejects.toThrow(TypeError);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('the room in a spool', () => {
  it('is counted as pictures come and go', async () => {
    const spool = await openSpool();
    await spool.write(batch, 0, chunks(10, 20));
    await spool.write(batch, 1, chunks(5));
    await spool.write(randomUUID(), 0, chunks(100));
    expect(spool.usedBytes).toBe(135);
    await Promise.all([spool.remove(batch, 0), spool.remove(batch, 0)]);
    expect(spool.usedBytes).toBe(105);
    await spool.removeBatch(batch);
    expect(spool.usedBytes).toBe(100);
  });

  it('is counted anew when a spool is opened', async () => {
    const before = await openSpool();
    await before.write(batch, 0, chunks(10));
    await before.write(batch, 1, chunks(20));
    const spool = await openSpool();
    expect(spool.usedBytes).toBe(30);
    await spool.removeBatch(batch);
    expect(spool.usedBytes).toBe(0);
  });

  it('is not taken by a batch that another gateway removed', async () => {
    const spool = await openSpool();
    await spool.write(batch, 0, chunks(10));
    const kept = randomUUID();
    await spool.write(kept, 0, chunks(5));
    const other = await openSpool();
    await other.removeBatch(batch);
    expect(await spool.batches()).toEqual([kept]);
    expect(spool.usedBytes).toBe(5);
  });

  it('can be used up to the quota and not beyond; who does not fit is told how full it is', async () => {
    const spool = await openSpool(100);
    await spool.write(batch, 0, chunks(60, 40));
    await expect(spool.write(batch, 1, chunks(1))).rejects.toMatchObject({
      code: 'SPOOL_FULL',
      message: 'No room for more pictures: its quota is reached. The spool holds 100 of 100 bytes.',
      retryAfterMs: expect.any(Number),
    });
    expect(await filesOf(batch)).toEqual(['0']);
    await spool.remove(batch, 0);
    await spool.write(batch, 1, chunks(100));
  });

  it('is shared by pictures that come at the same time, and given back by those that do not fit', async () => {
    const spool = await openSpool(100);
    const results = await Promise.allSettled([0, 1, 2].map((i) => spool.write(batch, i, chunks(20, 20))));
    const written = results.filter(({ status }) => status === 'fulfilled').length;
    expect(spool.usedBytes).toBe(written * 40);
    expect(await filesOf(batch)).toHaveLength(written);
    await spool.write(batch, 3, chunks(100 - written * 40));
  });

  it('is not miscounted when a batch is removed while a picture of it comes', async () => {
    const spool = await openSpool();
    async function* interrupted() {
      yield Buffer.alloc(10);
      await spool.removeBatch(batch);
      yield Buffer.alloc(10);
      throw new Error('the client is gone');
    }
    await expect(spool.write(batch, 0, interrupted())).rejects.toThrow('the client is gone');
    expect(spool.usedBytes).toBe(0);
  });
});

describe('a picture that cannot be written', () => {
  it('because its upload breaks off leaves no file, and rejects with the reason', async () => {
    const spool = await openSpool();
    async function* broken() {
      yield Buffer.alloc(10);
      throw new Error('the client is gone');
    }
    await expect(spool.write(batch, 0, broken())).rejects.toThrow('the client is gone');
    expect(await filesOf(batch)).toEqual([]);
    expect(spool.usedBytes).toBe(0);
  });

  it('does not take the place of another one', async () => {
    const spool = await openSpool();
    await spool.write(batch, 0, chunks(3));
    await expect(spool.write(batch, 0, chunks(9))).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await readFile(join(folder, batch, '0'))).toHaveLength(3);
    expect(spool.usedBytes).toBe(3);
  });

  it.runIf(canMount())('because the disk is full leaves no file; the refusal says so', async () => {
    await mkdir(folder);
    mountSmallDisk(folder);
    try {
      const spool = await openSpool();
      await spool.write(batch, 0, chunks(30_000));
      await expect(spool.write(batch, 1, chunks(20_000, 20_000, 20_000))).rejects.toMatchObject({
        code: 'SPOOL_FULL',
        message: 'No room for more pictures: the disk is full (ENOSPC). The spool holds 30000 of 1000000 bytes.',
        retryAfterMs: expect.any(Number),
      });
      expect(await filesOf(batch)).toEqual(['0']);
      await spool.write(batch, 1, chunks(10_000));
    } finally {
      unmount(folder);
    }
  });

  it.each(['ENOSPC', 'EDQUOT'])('for %s is refused as one for which there is no room', async (code) => {
    const spool = await openSpool();
    // What a folder on a full disk answers, from where it can be made to.
    async function* full() {
      yield Buffer.alloc(10);
      throw Object.assign(new Error(code), { code });
    }
    await expect(spool.write(batch, 0, full())).rejects.toMatchObject({
      code: 'SPOOL_FULL',
      message: expect.stringContaining(code),
    });
    expect(await filesOf(batch)).toEqual([]);
  });

  it('is not the fault of the spool if it is refused for another reason', async () => {
    const spool = await openSpool();
    await writeFile(join(folder, batch), 'a file where the folder should be');
    await expect(spool.write(batch, 0, chunks(1))).rejects.toMatchObject({ code: 'EEXIST' });
  });
});

/** Takes the right to do so, which not everybody has. */
function canMount(): boolean {
  try {
    mountSmallDisk(root);
    unmount(root);
    return true;
  } catch {
    return false;
  }
}

function mountSmallDisk(path: string): void {
  run('mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', path);
}

function unmount(path: string): void {
  run('umount', path);
}

function run(command: string, ...parameters: string[]): void {
  execFileSync(command, parameters, { stdio: 'ignore' });
}
