import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { SpoolFile } from '../../src/batches/spool/file.ts';
import { Spool } from '../../src/batches/spool/spool.ts';
import { GatewayError } from '../../src/core/contracts/errors.ts';
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

function chunks(...sizes: number[]): Buffer[] {
  return sizes.map((size, i) => Buffer.alloc(size, i + 1));
}

/** A batch's file with so many bytes, complete. */
async function write(spool: Spool, batchId: string, bytes: number): Promise<void> {
  await using(await spool.create(batchId), (file) => file.append(chunks(bytes)));
}

async function using(file: SpoolFile, work: (file: SpoolFile) => Promise<void>): Promise<void> {
  await work(file).finally(() => file.close());
}

describe('a spool', () => {
  it('keeps the pictures of a batch one after the other, as they came', async () => {
    const spool = await openSpool();
    await using(await spool.create(batch), async (file) => {
      await file.append(chunks(3, 70_000));
      await file.append([]);
      await file.append(chunks(1));
    });
    const expected = Buffer.concat([...chunks(3, 70_000), ...chunks(1)]);
    expect(await readFile(spool.path(batch))).toEqual(expected);
    expect(await readdir(folder)).toEqual([batch]);
  });

  it('has a file for a batch from the beginning of its upload, which nobody else can begin', async () => {
    const spool = await openSpool();
    const file = await spool.create(batch);
    expect((await stat(spool.path(batch))).size).toBe(0);
    await expect(spool.create(batch)).rejects.toMatchObject({ code: 'EEXIST' });
    await file.close();
  });

  it('lists the batches that it has a file of, and nothing else', async () => {
    const spool = await openSpool();
    await write(spool, batch, 1);
    await mkdir(join(folder, 'lost+found'));
    expect(await spool.batches()).toEqual([batch]);
    await spool.remove(batch);
    expect(await spool.batches()).toEqual([]);
    await spool.remove(batch);
  });

  it('takes no id that could be a path', async () => {
    const spool = await openSpool();
    for (const id of ['../../../../etc/passwd', 'a/../../../../../b', '.', '', '................', 'x'.repeat(129)]) {
      await expect(spool.create(id)).rejects.toThrow(TypeError);
      await expect(spool.remove(id)).rejects.toThrow(TypeError);
      expect(() => spool.path(id)).toThrow(TypeError);
    }
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('the room in a spool', () => {
  it('is counted as pictures come and batches go', async () => {
    const spool = await openSpool();
    const file = await spool.create(batch);
    await file.append(chunks(10, 20));
    await file.append(chunks(5));
    await write(spool, randomUUID(), 100);
    expect(spool.usedBytes).toBe(135);
    await Promise.all([spool.remove(batch), spool.remove(batch)]);
    expect(spool.usedBytes).toBe(100);
    await file.close();
  });

  it('is counted anew when a spool is opened', async () => {
    const before = await openSpool();
    await write(before, batch, 30);
    const spool = await openSpool();
    expect(spool.usedBytes).toBe(30);
    await spool.remove(batch);
    expect(spool.usedBytes).toBe(0);
  });

  it('is not taken by a batch that another gateway removed', async () => {
    const spool = await openSpool();
    await write(spool, batch, 10);
    const kept = randomUUID();
    await write(spool, kept, 5);
    const other = await openSpool();
    await other.remove(batch);
    expect(await spool.batches()).toEqual([kept]);
    expect(spool.usedBytes).toBe(5);
  });

  it('can be used up to the quota and not beyond; who does not fit is told how full it is', async () => {
    const spool = await openSpool(100);
    await using(await spool.create(batch), async (file) => {
      await file.append(chunks(60, 40));
      await expect(file.append(chunks(1))).rejects.toMatchObject({
        code: 'SPOOL_FULL',
        message: 'No room for more pictures: its quota is reached. The spool holds 100 of 100 bytes.',
        retryAfterMs: expect.any(Number),
      });
    });
    expect((await stat(spool.path(batch))).size).toBe(100);
    await spool.remove(batch);
    await write(spool, randomUUID(), 100);
  });

  it('is not promised twice to uploads that come at the same time', async () => {
    const spool = await openSpool(100);
    const uploads = [randomUUID(), randomUUID(), randomUUID()].map((id) => write(spool, id, 40));
    const results = await Promise.allSettled(uploads);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(spool.usedBytes).toBe(80);
  });
});

describe('a picture that cannot be written', () => {
  it.runIf(canMount())('because the disk is full is refused; the refusal says so', async () => {
    await mkdir(folder);
    mountSmallDisk(folder);
    try {
      const spool = await openSpool();
      await using(await spool.create(batch), async (file) => {
        await file.append(chunks(30_000));
        await expect(file.append(chunks(20_000, 20_000, 20_000))).rejects.toMatchObject({
          code: 'SPOOL_FULL',
          message: expect.stringMatching(
            /^No room for more pictures: the disk is full \(ENOSPC\)\. The spool holds \d+ of/,
          ),
          retryAfterMs: expect.any(Number),
        });
      });
      await spool.remove(batch);
      await write(spool, batch, 50_000);
    } finally {
      unmount(folder);
    }
  });

  it.each(['ENOSPC', 'EDQUOT'])('for %s is refused as one for which there is no room', async (code) => {
    const file = fileOn(async () => {
      throw Object.assign(new Error(code), { code });
    });
    await expect(file.append(chunks(1))).rejects.toThrow(`the disk is full (${code})`);
  });

  it('is not called too large if the disk fails for another reason', async () => {
    const file = fileOn(async () => {
      throw Object.assign(new Error('EIO'), { code: 'EIO' });
    });
    await expect(file.append(chunks(1))).rejects.toMatchObject({ code: 'EIO' });
  });

  it('at once is written bit by bit', async () => {
    const taken: number[][] = [];
    const file = fileOn(async (rest) => {
      taken.push(rest.map(({ length }) => length));
      return { bytesWritten: 6 };
    });
    await file.append(chunks(4, 4, 10));
    expect(taken).toEqual([[4, 4, 10], [2, 10], [6]]);
  });
});

/** On a disk that does as it is told. */
function fileOn(writev: (chunks: readonly Buffer[]) => Promise<{ bytesWritten: number }>): SpoolFile {
  const room = { reserve: () => {}, full: (why: string) => new GatewayError('SPOOL_FULL', why) };
  return new SpoolFile({ writev } as unknown as FileHandle, room);
}

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
