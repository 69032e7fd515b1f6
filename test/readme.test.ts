/** The README's promises, kept: every command in it runs here, and its table of settings is the one of the program. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultOf, flagOf, SETTINGS } from '../src/config.ts';
import { ADMIN_TOKEN, type GatewayProcess, ROOT, startGateway } from './support/gateway-process.ts';

const readme = readFileSync(`${ROOT}/README.md`, 'utf8');
const blocks = [...readme.matchAll(/```(\w+)\n(.*?)```/gs)].map(([, language, text]) => ({
  language,
  text: text ?? '',
}));
const run = promisify(execFile);

function block(start: string): string {
  return blocks.find(({ text }) => text.startsWith(start))?.text ?? `no block starts with ${start}`;
}

describe('the README', () => {
  let gateway: GatewayProcess;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.stop());

  /** In a shell, as written, but against the gateway of this test. */
  async function shell(command: string): Promise<string> {
    const text = command.replaceAll('http://127.0.0.1:4000', gateway.url);
    const { stdout } = await run('sh', ['-ec', text], {
      cwd: ROOT,
      env: { ...process.env, WARMPOOL_ADMIN_TOKEN: ADMIN_TOKEN },
    });
    return stdout;
  }

  it('has no block that is not tested here', () => {
    const starts = blocks.map(({ text }) => text.split('\n')[0]);
    expect(starts).toEqual([
      'npm ci',
      'curl http://127.0.0.1:4000/graphql \\',
      '{',
      'npx warmpool classify test/fixtures/photos/cat-kitten.jpg test/fixtures/photos/dog-black.jpg',
      expect.stringMatching(/^curl .*authorization/),
      'npm run check',
    ]);
  });

  it('starts the gateway with its two commands', async () => {
    expect(block('npm ci')).toBe('npm ci\nnpm start\n');
    // The lock file is complete; that the packages are there is why this test runs.
    await run('npm', ['ci', '--dry-run'], { cwd: ROOT });
    const child = spawn('npm', ['start'], { cwd: ROOT, env: { ...process.env, PORT: '0' }, detached: true });
    for await (const line of createInterface({ input: child.stdout })) if (line.includes('listens on http://')) break;
    process.kill(-(child.pid as number), 'SIGTERM');
    await once(child, 'exit');
  });

  it('shows a request that gets the answer that it shows', async () => {
    const answer = JSON.parse(await shell(block('curl http://127.0.0.1:4000/graphql \\')));
    const shown = JSON.parse(block('{'));
    expect(answer.data.classify.label).toBe(shown.data.classify.label);
    expect(answer.data.classify.confidence).toBeCloseTo(shown.data.classify.confidence, 2);
    expect(Object.keys(answer.data.classify.receipt)).toEqual(Object.keys(shown.data.classify.receipt));
    expect(answer.data.classify.receipt).toMatchObject({ worker: 'RESERVED', coldStart: false });
  });

  it('classifies files without a server', async () => {
    expect(await shell(block('npx warmpool classify'))).toMatch(/cat-kitten\.jpg +cat .*\n.*dog-black\.jpg +dog /);
  });

  it('changes the reserved set as the admin', async () => {
    const answer = JSON.parse(await shell(block("curl http://127.0.0.1:4000/graphql -H 'content-type")));
    expect(answer.data.provision.summary.reserved).toBe(1);
  });

  it('names development commands that exist', () => {
    const { scripts } = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8')) as { scripts: Record<string, string> };
    for (const [, name] of readme.matchAll(/npm run (\w+)/g)) expect(Object.keys(scripts)).toContain(name);
  });

  it('lists every setting with its default, and no other', () => {
    expect(readme.match(/^\| `--.*$/gm)).toEqual(settingsTable());
  });

  it('has no placeholder left', () => {
    expect(readme).not.toMatch(/^[A-Z]+$|TODO|TBD|FIXME/m);
  });
});

function settingsTable(): readonly string[] {
  return Object.entries(SETTINGS).map(
    ([name, setting]) => `| \`${flagOf(name)}\` | \`${setting.env}\` | ${defaultOf(setting)} | ${setting.help} |`,
  );
}
