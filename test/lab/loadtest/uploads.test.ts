import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readUploads } from '../../../src/lab/loadtest/uploads.ts';
import { ConfigError } from '../../../src/settings/setting.ts';

const OPTIONS = { model: 'cat-dog@1', deadlineMs: 250 };

it('a folder gives its pictures, by their names, and nothing else of it', async () => {
  const folder = folderWith({ 'b.PNG': 'second', 'a.jpeg': 'first', 'CREDITS.md': 'none', 'c.webp': 'third' });
  mkdirSync(join(folder, 'more'));
  const uploads = await readUploads(folder, OPTIONS);
  expect(uploads.map(({ body }) => /first|second|third|none/.exec(`${body}`)?.[0])).toEqual([
    'first',
    'second',
    'third',
  ]);
});

it('a file is sent whatever it is', async () => {
  const folder = folderWith({ 'no-picture.txt': 'no picture' });
  const [upload] = await readUploads(join(folder, 'no-picture.txt'), OPTIONS);
  expect(`${upload?.body}`).toContain('no picture');
});

it('without a path there is a sample', async () => {
  const [upload] = await readUploads(null, OPTIONS);
  expect(upload?.body.length).toBeGreaterThan(10_000);
});

it('the options of the request are in its body, and its length in its headers', async () => {
  const [upload] = await readUploads(null, OPTIONS);
  expect(`${upload?.body}`).toContain('"variables":{"image":null,"options":{"model":"cat-dog@1","deadlineMs":250}}');
  expect(upload?.headers['content-length']).toBe(upload?.body.length);
});

it('a folder without a picture is refused', async () => {
  const folder = folderWith({ 'notes.txt': '' });
  await expect(readUploads(folder, OPTIONS)).rejects.toThrow(
    new ConfigError(`--image is "${folder}": no picture is in it (.jpg .png .webp .gif .avif)`),
  );
});

it('a path that does not exist is refused', async () => {
  await expect(readUploads('no/such/folder', OPTIONS)).rejects.toThrow(/^--image is "no\/such\/folder": .*ENOENT/);
});

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'warmpool-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}
