import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { memoryFolder, namedIds, rememberedIds } from '../../../src/cli/batch/ids.ts';

const TERMS = { url: new URL('http://127.0.0.1:4000'), model: null, topK: null };
const PICTURE = { path: 'photos/a.jpg', size: 10, mtimeMs: 1234.5 };
const DAY_MS = 24 * 3_600_000;

it('the same files have the same id, a UUID, whoever asks', async () => {
  const folder = emptyFolder();
  const id = await (await rememberedIds(folder, TERMS)).idOf(0, [PICTURE]);
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
  const again = await rememberedIds(folder, TERMS);
  expect(await again.idOf(0, [{ ...PICTURE, path: resolve('photos/a.jpg') }])).toBe(id);
});

it.each([
  ['path', TERMS, { path: 'photos/b.jpg' }],
  ['size', TERMS, { size: 11 }],
  ['time', TERMS, { mtimeMs: 1234.6 }],
  ['gateway', { ...TERMS, url: new URL('http://127.0.0.1:4001') }, {}],
  ['model', { ...TERMS, model: 'm' }, {}],
  ['number of scores', { ...TERMS, topK: 1 }, {}],
])('another %s has another id', async (_, terms, change) => {
  const folder = emptyFolder();
  const id = await (await rememberedIds(folder, TERMS)).idOf(0, [PICTURE]);
  expect(await (await rememberedIds(folder, terms)).idOf(0, [{ ...PICTURE, ...change }])).not.toBe(id);
});

it('what is forgotten has another id; what others have asked for is not forgotten', async () => {
  const folder = emptyFolder();
  const [mine, theirs] = [await rememberedIds(folder, TERMS), await rememberedIds(folder, TERMS)];
  const before = [await mine.idOf(0, [PICTURE]), await theirs.idOf(0, [PICTURE, PICTURE])];
  await mine.forget();
  const after = [await theirs.idOf(0, [PICTURE]), await mine.idOf(0, [PICTURE, PICTURE])];
  expect(after[0]).not.toBe(before[0]);
  expect(after[1]).toBe(before[1]);
});

it('ids are for nobody else to read', async () => {
  const folder = join(emptyFolder(), 'batches');
  await (await rememberedIds(folder, TERMS)).idOf(0, [PICTURE]);
  expect(statSync(folder).mode & 0o77).toBe(0);
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o77).toBe(0);
});

it('an id that was written in part is made anew', async () => {
  const folder = emptyFolder();
  await (await rememberedIds(folder, TERMS)).idOf(0, [PICTURE]);
  for (const name of readdirSync(folder)) writeFileSync(join(folder, name), 'c0ffee');
  expect(await (await rememberedIds(folder, TERMS)).idOf(0, [PICTURE])).toHaveLength(36);
});

it('what is older than 30 days is removed', async () => {
  const folder = emptyFolder();
  for (const [name, days] of [['old', 31] as const, ['new', 29] as const]) {
    const time = new Date(Date.now() - days * DAY_MS);
    writeFileSync(join(folder, name), '');
    utimesSync(join(folder, name), time, time);
  }
  await rememberedIds(folder, TERMS);
  expect(readdirSync(folder)).toEqual(['new']);
});

it('a folder that cannot be is told, with what helps', async () => {
  await expect(rememberedIds('package.json/batches', TERMS)).rejects.toThrow(
    /^package\.json\/batches cannot be written \(ENOTDIR\).*XDG_STATE_HOME.*--id\.$/,
  );
});

it('an id that the user names has a number from the second batch on', async () => {
  const ids = namedIds('my-id');
  expect([await ids.idOf(0, []), await ids.idOf(1, []), await ids.idOf(9, [])]).toEqual([
    'my-id',
    'my-id-2',
    'my-id-10',
  ]);
});

it('the folder is below XDG_STATE_HOME, or the home folder', () => {
  expect(memoryFolder({ XDG_STATE_HOME: '/state' })).toBe('/state/warmpool/batches');
  expect(memoryFolder({})).toMatch(/\/\.local\/state\/warmpool\/batches$/);
});

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'warmpool-ids-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}
