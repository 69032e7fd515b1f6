import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SETTINGS } from '../../src/config.ts';
import { runCli } from './run-cli.ts';

const PHOTOS = 'test/fixtures/photos';
const photos = readdirSync(PHOTOS).filter((name) => !name.endsWith('.md'));

describe('warmpool classify', () => {
  it('prints a line per file, in the order given, with the label that the name says', async () => {
    const { status, stdout } = await runCli('classify', ...photos.map((name) => `${PHOTOS}/${name}`));
    expect(status).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(photos.length);
    for (const [i, name] of photos.entries()) {
      expect(lines[i]).toMatch(new RegExp(`^${PHOTOS}/${name} +${name.split('-')[0]}  [01]\\.\\d\\d  \\d+ ms$`));
    }
  });

  it('prints one JSON object per file with --json', async () => {
    const { stdout } = await runCli('classify', '--json', `${PHOTOS}/cat-kitten.jpg`);
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
    const { stdout } = await runCli('classify', '--max-upload-bytes', '1000', `${PHOTOS}/cat-kitten.jpg`);
    expect(stdout).toContain('IMAGE_TOO_LARGE: The file has 50927 bytes; at most 1000 are accepted.');
  });
});

describe('warmpool', () => {
  it('shows every setting of serve with its variable in the help', async () => {
    const { status, stdout } = await runCli('serve', '--help');
    expect(status).toBe(0);
    for (const { env } of Object.values(SETTINGS)) expect(stdout).toContain(`[${env}]`);
  });

  it.each([
    [['serve', '--port', 'http'], '--port is "http"'],
    [['serve', '--model', 'zebra'], 'zebra'],
    [['serve', '--engine', 'synthetic'], 'synthetic'],
    [['serve', '--no-such-flag'], '--no-such-flag'],
    [['fly'], 'fly'],
    [['classify'], 'file'],
  ])('exits with 2 and a message without a stack trace for %j', async (args, message) => {
    const { status, stderr } = await runCli(...args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\n +at /);
  });
});
