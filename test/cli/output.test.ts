import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { requireWritable } from '../../src/cli/output.ts';
import { ConfigError } from '../../src/settings/setting.ts';

it('a report that can be written leaves no file before it is', async () => {
  const folder = emptyFolder();
  await requireWritable(join(folder, 'report.html'));
  expect(readdirSync(folder)).toEqual([]);
});

it('a report that is there already is left as it is', async () => {
  const path = join(emptyFolder(), 'report.html');
  writeFileSync(path, 'the one before');
  await requireWritable(path);
  expect(readFileSync(path, 'utf8')).toBe('the one before');
});

it.each([
  ['.', 'EISDIR'],
  ['no/such/folder/report.html', 'ENOENT'],
  ['package.json/report.html', 'ENOTDIR'],
])('%s is refused with %s', async (path, code) => {
  const refusal = new ConfigError(`--html is "${path}": it cannot be written (${code}).`);
  await expect(requireWritable(path)).rejects.toThrow(refusal);
});

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'warmpool-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}
