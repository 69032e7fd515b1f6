import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SETTINGS } from '../../src/settings/gateway.ts';
import { ROOT } from '../support/gateway-process.ts';
import { runCli, runCliIn, runHere } from './run-cli.ts';

const PHOTOS = 'test/fixtures/photos';
const photos = readdirSync(PHOTOS).filter((name) => !name.endsWith('.md'));

describe('warmpool classify', () => {
  it('prints a line per file, in the order given, with the label that the name says', async () => {
    const result = await runCli('classify', ...photos.map((name) => `${PHOTOS}/${name}`));
    expect(result).toMatchObject({ status: 0 });
    const { stdout } = result;
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(photos.length);
    for (const [i, name] of photos.entries()) {
      expect(lines[i]).toMatch(new RegExp(`^${PHOTOS}/${name} +${name.split('-')[0]}  [01]\\.\\d\\d  \\d+ ms$`));
    }
  });

  it('prints one JSON object per file with --json', async () => {
    const { stdout } = await runHere('classify', '--json', `${PHOTOS}/cat-kitten.jpg`);
    expect(JSON.parse(stdout)).toMatchObject({ file: `${PHOTOS}/cat-kitten.jpg`, label: 'cat', model: 'cat-dog@1' });
  });

  it('exits with 1 if any file failed, and still answers the others', async () => {
    const { status, stdout } = await runCli('classify', 'package.json', `${PHOTOS}/cat-kitten.jpg`, 'no-such-file.jpg');
    expect(status).toBe(1);
    expect(stdout).toMatch(/^package\.json +UNSUPPORTED_FORMAT: /m);
    expect(stdout).toMatch(/cat-kitten\.jpg +cat /);
    expect(stdout).toMatch(/^no-such-file\.jpg +UNREADABLE_FILE: .*ENOENT/m);
  });

  it('does not read a file over the byte limit', async () => {
    const { stdout } = await runHere('classify', '--max-upload-bytes', '1000', `${PHOTOS}/cat-kitten.jpg`);
    expect(stdout).toContain('IMAGE_TOO_LARGE: The file has 50927 bytes; at most 1000 are accepted.');
  });

  it('looks at no settings but its own', async () => {
    const env = { PORT: 'abc', WARMPOOL_RESERVED: '2', WARMPOOL_UPLOAD_MEMORY: '1' };
    const { status, stderr } = await runCliIn({ env }, 'classify', '--max-workers', '1', `${PHOTOS}/cat-kitten.jpg`);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('ends quietly if nobody reads its answers any more', async () => {
    const files = photos.map((name) => `${PHOTOS}/${name}`);
    const child = spawn(process.execPath, [`${ROOT}/dist/main.cjs`, 'classify', '--json', ...files], { cwd: ROOT });
    child.stdout.destroy();
    const [stderr, [status]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('is not misled by a folder "model" that is no model repository', async () => {
    const cwd = emptyFolder();
    mkdirSync(`${cwd}/model/layers`, { recursive: true });
    writeFileSync(`${cwd}/model/user.sql`, '');
    const { status, stdout } = await runCliIn({ cwd }, 'classify', `${ROOT}/${PHOTOS}/cat-kitten.jpg`);
    expect(stdout).toMatch(/cat-kitten\.jpg +cat /);
    expect(status).toBe(0);
  });

  it('takes a folder "model" that is a model repository, even a broken one', async () => {
    const cwd = emptyFolder();
    mkdirSync(`${cwd}/model/mine/1`, { recursive: true });
    writeFileSync(`${cwd}/model/mine/1/manifest.json`, '{}');
    const { status, stderr } = await runCliIn({ cwd }, 'classify', `${ROOT}/${PHOTOS}/cat-kitten.jpg`);
    expect(stderr).toContain(join('model', 'mine'));
    expect(status).toBe(2);
  });

  it('shows its own defaults and meanings in the help', async () => {
    const stdout = (await runHere('classify', '--help')).stdout.replace(/\s+/g, ' ');
    expect(stdout).toContain('stderr (default: warn) [WARMPOOL_LOG_LEVEL]');
    expect(stdout).toContain('model to classify with: ');
    expect(stdout).not.toMatch(/reserved|requests/);
  });
});

describe('warmpool', () => {
  it('shows every setting of serve with its variable in the help', async () => {
    const { status, stdout } = await runHere('serve', '--help');
    expect(status).toBe(0);
    for (const { env } of Object.values(SETTINGS)) expect(stdout).toContain(`[${env}]`);
  });

  it('prints its version', async () => {
    const { version } = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8'));
    expect(await runCli('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each([
    [['serve', '--port', 'http'], '--port is "http"'],
    [['serve', '--model', 'zebra'], 'zebra'],
    [['serve', '--log-level', 'error', '--engine', 'synthetic'], 'synthetic'],
    [['serve', '--no-such-flag'], '--no-such-flag'],
    [['fly'], 'fly'],
    [['classify'], 'file'],
  ])('exits with 2 and a message without a stack trace for %j', async (args, message) => {
    const { status, stderr } = await runHere(...args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\n +at /);
  });
});

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'warmpool-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}
