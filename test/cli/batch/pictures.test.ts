import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { findPictures } from '../../../src/cli/batch/pictures.ts';
import { ConfigError } from '../../../src/settings/setting.ts';

const LIMITS = { maxFiles: 100, maxBytes: 1000 };
const isRoot = process.getuid?.() === 0;

async function pathsIn(folder: string, ...paths: string[]): Promise<string[]> {
  const { entries } = await findPictures(
    paths.map((path) => join(folder, path)),
    LIMITS,
  );
  return entries.map(({ path }) => path.slice(folder.length + 1));
}

it('of a folder its pictures are taken, and those of the folders in it, by name', async () => {
  const folder = files('b/z.PNG', 'b/a.webp', 'a.jpeg', 'c.gif', 'd.avif', 'notes.txt', 'b/y.tiff');
  expect(await pathsIn(folder, '.')).toEqual(['a.jpeg', 'b/a.webp', 'b/z.PNG', 'c.gif', 'd.avif']);
});

it('what is in a folder and no picture by its name is counted, unless it is hidden', async () => {
  const folder = files('a.jpg', 'b.heic', 'c/notes.txt', '.d', '._a.jpg');
  expect((await findPictures([folder], LIMITS)).leftOut).toBe(2);
});

it('hidden files and folders are left out, and links to folders, which may lead in a circle', async () => {
  const folder = files('.b/e.jpg', '._a.jpg', 'a.jpg');
  symlinkSync(folder, join(folder, 'circle'));
  symlinkSync(join(folder, 'a.jpg'), join(folder, 'link.jpg'));
  expect(await pathsIn(folder, '.')).toEqual(['a.jpg', 'link.jpg']);
  expect(await pathsIn(folder, 'circle')).toEqual(['circle/a.jpg', 'circle/link.jpg']);
});

it('what is named is taken, whatever its name, as often as it is named, and in that order', async () => {
  const folder = files('b.dat', '.a.jpg', 'c/d.jpg');
  const paths = ['b.dat', 'c', '.a.jpg', 'b.dat'];
  expect(await pathsIn(folder, ...paths)).toEqual(['b.dat', 'c/d.jpg', '.a.jpg', 'b.dat']);
});

it('size and time of a file are known', async () => {
  const folder = files('a.jpg');
  const { size, mtimeMs } = statSync(join(folder, 'a.jpg'));
  const { entries } = await findPictures([folder], LIMITS);
  expect(entries).toEqual([{ path: join(folder, 'a.jpg'), size, mtimeMs }]);
});

it('what cannot be sent is told with the reason', async () => {
  const folder = files('large.jpg');
  mkdirSync(join(folder, 'folder.jpg'));
  writeFileSync(join(folder, 'large.jpg'), Buffer.alloc(1001));
  symlinkSync(join(folder, 'folder.jpg'), join(folder, 'link.jpg'));
  const { entries } = await findPictures([folder, '/dev/null', join(folder, 'missing.jpg')], LIMITS);
  expect(entries).toMatchObject([
    { code: 'IMAGE_TOO_LARGE', message: 'The file has 1001 bytes; at most 1000 are accepted.' },
    { path: join(folder, 'link.jpg'), code: 'UNREADABLE_FILE', message: 'It is not a regular file.' },
    { path: '/dev/null', code: 'UNREADABLE_FILE', message: 'It is not a regular file.' },
    { path: join(folder, 'missing.jpg'), code: 'UNREADABLE_FILE', message: expect.stringContaining('ENOENT') },
  ]);
});

it.skipIf(isRoot)('a folder that may not be read is told with the reason (run as another user than root)', async () => {
  const folder = files('a/b.jpg');
  chmodSync(join(folder, 'a'), 0);
  onTestFinished(() => chmodSync(join(folder, 'a'), 0o700));
  const { entries } = await findPictures([folder], LIMITS);
  expect(entries).toMatchObject([{ path: join(folder, 'a'), code: 'UNREADABLE_FILE' }]);
});

it('as many files as the limit says are taken; one more is refused', async () => {
  const folder = files('1.jpg', '2.jpg', '3.jpg');
  expect((await findPictures([folder], { ...LIMITS, maxFiles: 3 })).entries).toHaveLength(3);
  await expect(findPictures([folder], { ...LIMITS, maxFiles: 2 })).rejects.toThrow(
    new ConfigError('There are more than 2 files; take some of them, or more with --max-files.'),
  );
});

it('no picture at all is refused', async () => {
  const folder = files('notes.txt');
  await expect(findPictures([folder], LIMITS)).rejects.toThrow(`No picture is in ${folder} (.jpg .png`);
});

function files(...names: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'warmpool-pictures-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of names) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), name);
  }
  return folder;
}
