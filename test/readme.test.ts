/** The README's promises, kept: every command in it runs here, and its table of settings is the one of the program. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SETTINGS } from '../src/settings/gateway.ts';
import { defaultOf, flagOf } from '../src/settings/setting.ts';
import { sendBatch } from './e2e/batch-client.ts';
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
  const folder = mkdtempSync(join(tmpdir(), 'warmpool-readme-'));
  const report = join(folder, 'report.html');
  let gateway: GatewayProcess;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await gateway.stop();
  });

  /** In a shell, as written, but against the gateway of this test. */
  async function shell(command: string): Promise<string> {
    const text = command.replaceAll('http://127.0.0.1:4000', gateway.url).replace('report.html', report);
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
      'npx warmpool simulate --html report.html',
      expect.stringMatching(/^curl .*authorization/),
      expect.stringMatching(/^import .*ApolloClient/),
      expect.stringMatching(/^npx warmpool plan/),
      expect.stringMatching(/^npx warmpool loadtest/),
      'npm run check',
    ]);
  });

  it('starts the gateway with its two commands', async () => {
    expect(block('npm ci')).toBe('npm ci\nnpm start\n');
    // The lock file is complete; that the packages are there is why this test runs.
    // Without scripts: `prepare` would build anew what the other tests are running.
    await run('npm', ['ci', '--dry-run', '--ignore-scripts'], { cwd: ROOT });
    const child = spawn('npm', ['start'], {
      cwd: ROOT,
      env: { ...process.env, PORT: '0', WARMPOOL_DATA_DIR: folder },
      detached: true,
    });
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

  it('simulates the reference load test with the figures that it shows', async () => {
    const printed = await shell(block('npx warmpool simulate'));
    const figures = (label: string) => printed.match(new RegExp(`^${label} +(\\S+) +(\\S+)$`, 'm'))?.slice(1);
    const shown = [...readme.matchAll(/^\| `(?:spill|target-wait)`.*$/gm)].map(([row]) => row.split('|'));
    const column = (i: number) => shown.map((cells) => cells[i]?.replaceAll('*', '').trim());
    expect(figures('requests')).toEqual(column(2));
    expect(figures('p50 ms')?.map(Number)).toEqual(column(3).map(Number));
    expect(figures('p99 ms')?.map(Number)).toEqual(column(4).map(Number));
    expect(figures('max ms')).toEqual(column(5));
    expect(figures('spilled')).toEqual(['22', '0']);
    expect(readFileSync(report, 'utf8')).toMatch(/^<!doctype html>/);
  });

  it('plans a configuration that keeps the p99', async () => {
    expect(await shell(block('npx warmpool plan'))).toMatch(/^For a p99 of at most 300 ms take: --policy .*$/m);
  }, 60_000);

  it('compares policies under real load', async () => {
    expect(await shell(block('npx warmpool loadtest'))).toMatch(/^ +spill +target-wait\n[\s\S]*^max ms +[\d,]+/m);
  });

  it('changes the reserved set as the admin', async () => {
    const answer = JSON.parse(await shell(block("curl http://127.0.0.1:4000/graphql -H 'content-type")));
    expect(answer.data.provision.summary.reserved).toBe(1);
  });

  it('follows a batch from Apollo Client', async () => {
    const photo = readFileSync(`${ROOT}/test/fixtures/photos/cat-kitten.jpg`);
    const { data } = await sendBatch(gateway.url, 3, null, () => photo);
    const program = block('import { ApolloClient').replace('http://127.0.0.1:4000', gateway.url);
    const flags = ['--experimental-websocket', '--input-type=module', '--eval', program];
    // The first argument takes the place of the program's name.
    const { stdout } = await run('node', [...flags, 'progress.mjs', `${data?.classifyBatch.id}`], { cwd: ROOT });
    for (const name of ['0.jpg', '1.jpg', '2.jpg'])
      expect(stdout.split(`name: '${name}', label: 'cat'`)).toHaveLength(2);
    expect(stdout).toMatch(/\nCOMPLETED 3\/3 .*\n$/);
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
