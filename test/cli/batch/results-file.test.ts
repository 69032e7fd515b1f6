import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, it, onTestFinished } from 'vitest';
import { openResults } from '../../../src/cli/batch/results-file.ts';
import { ConfigError } from '../../../src/settings/setting.ts';

const unused = new PassThrough();

it('a file is there once it is complete, and until then the one before', async () => {
  const folder = emptyFolder();
  const path = join(folder, 'r.csv');
  writeFileSync(path, 'the one before');
  const results = await openResults(path, unused);
  await results.write('a\n');
  await results.write('b\n');
  expect(readFileSync(path, 'utf8')).toBe('the one before');
  await results.complete();
  expect(readFileSync(path, 'utf8')).toBe('a\nb\n');
  await results.abandon();
  expect(readdirSync(folder)).toEqual(['r.csv']);
});

it('a file that is abandoned leaves no trace', async () => {
  const folder = emptyFolder();
  const results = await openResults(join(folder, 'r.csv'), unused);
  await results.write('a\n');
  await results.abandon();
  expect(readdirSync(folder)).toEqual([]);
});

it('a link stays one', async () => {
  const folder = emptyFolder();
  writeFileSync(join(folder, 'target.csv'), '');
  symlinkSync(join(folder, 'target.csv'), join(folder, 'link.csv'));
  const results = await openResults(join(folder, 'link.csv'), unused);
  await results.write('a\n');
  await results.complete();
  expect(readFileSync(join(folder, 'target.csv'), 'utf8')).toBe('a\n');
});

it('a device stays one', async () => {
  const results = await openResults('/dev/null', unused);
  await results.write('a\n');
  await results.complete();
  expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
});

it('a disk that is full is told', async () => {
  const results = await openResults('/dev/full', unused);
  await expect(results.write('a\n')).rejects.toMatchObject({
    code: 'UNWRITABLE_FILE',
    message: '/dev/full cannot be written (ENOSPC).',
  });
  await results.abandon();
});

it('a stream is written to, and stays open', async () => {
  const stream = new PassThrough();
  const results = await openResults(null, stream);
  await results.write('a\n');
  await results.complete();
  expect(`${stream.read()}`).toBe('a\n');
  expect(stream.writable).toBe(true);
});

it('the end of the reader of a stream is told to the writer', async () => {
  const stream = new PassThrough();
  const results = await openResults(null, stream);
  stream.destroy(Object.assign(new Error('nobody reads'), { code: 'EPIPE' }));
  await expect(results.write('a\n')).rejects.toMatchObject({
    code: expect.stringMatching(/EPIPE|ERR_STREAM_DESTROYED/),
  });
});

it.each([
  ['.', 'EISDIR'],
  ['no/such/folder/r.csv', 'ENOENT'],
  ['package.json/r.csv', 'ENOTDIR'],
])('%s is refused with %s', async (path, code) => {
  const refusal = new ConfigError(`--out is "${path}": it cannot be written (${code}).`);
  await expect(openResults(path, unused)).rejects.toThrow(refusal);
});

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'warmpool-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}
