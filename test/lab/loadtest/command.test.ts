import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { runHere } from '../../cli/run-cli.ts';
import { ADMIN_TOKEN, type GatewayProcess, ROOT, SYNTHETIC, startGateway } from '../../support/gateway-process.ts';
import { query } from '../../support/graphql-client.ts';

const SHORT = ['--workload', 'poisson', '--rate', '50', '--duration', '300ms'] as const;

describe('warmpool loadtest against a running gateway', () => {
  let gateway: GatewayProcess;

  beforeAll(async () => {
    // On a busy machine a second worker would start, and serve somebody cold.
    gateway = await startGateway(...SYNTHETIC, '--max-workers', '1');
  });
  afterAll(() => gateway.stop());

  it('prints its totals as a table, and writes a report', async () => {
    const html = join(emptyFolder(), 'report.html');
    const flags = ['--url', gateway.url, '--admin-token', ADMIN_TOKEN, '--html', html];
    const { status, stdout, stderr } = await runHere('loadtest', ...SHORT, ...flags);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^requests +\d+$/m);
    expect(stdout).toMatch(/^cold-served +0$/m);
    const report = readFileSync(html, 'utf8');
    expect(report).toContain('Memory, MB');
    expect(report).not.toContain(ADMIN_TOKEN);
  });

  it('at Ctrl-C it prints what was measured until then, and exits with 130', async () => {
    const flags = ['--url', gateway.url, '--workload', 'poisson', '--duration', '10m', '--json'];
    const child = spawn(process.execPath, [`${ROOT}/dist/main.cjs`, 'loadtest', ...flags], { cwd: ROOT });
    const output = Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    const before = await finished(gateway);
    await expect.poll(() => finished(gateway)).toBeGreaterThan(before);
    child.kill('SIGINT');
    const [stdout, stderr, [status]] = await output;
    expect(status).toBe(130);
    expect(stderr).toBe('\nwarmpool: ended by SIGINT. The figures are of the time until then.\n');
    const { results } = JSON.parse(stdout);
    expect(results[0].requests).toBeGreaterThan(0);
    expect(results[0].durationMs).toBeLessThan(30_000);
  });
});

describe('warmpool loadtest --compare', () => {
  it('runs the policies one after the other, each on a fresh gateway, and puts them side by side', async () => {
    const { status, stdout } = await runHere(
      'loadtest',
      ...SHORT,
      '--compare',
      'spill,never',
      '--json',
      '--',
      ...SYNTHETIC,
    );
    expect(status).toBe(0);
    const { results } = JSON.parse(stdout);
    expect(results).toMatchObject([
      { policy: 'spill', errors: 0 },
      { policy: 'never', errors: 0, workersStarted: 0 },
    ]);
    expect(results[0].requests).toBe(results[1].requests);
  });
});

describe('warmpool loadtest exits with 2 and one line', () => {
  it.each([
    [['--compare', 'spill', '--url', 'http://x'], '--url "http://x"'],
    [['--', '--reserved', '1'], '"--reserved"'],
    [['--html', 'no/such/folder/report.html'], '"no/such/folder/report.html"'],
  ])('for %j', async (flags, message) => {
    const { status, stdout, stderr } = await runHere('loadtest', ...flags);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^warmpool: .*\n$/);
    expect(stderr).toContain(message);
  });
});

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'warmpool-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function finished({ url }: GatewayProcess): Promise<number> {
  const { data } = await query<{ poolStats: { counters: { finished: number } } }>(
    url,
    '{ poolStats { counters { finished } } }',
    {},
    ADMIN_TOKEN,
  );
  return data?.poolStats.counters.finished ?? Number.NaN;
}
