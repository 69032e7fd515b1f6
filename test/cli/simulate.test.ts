import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { SIMULATE_SETTINGS } from '../../src/lab/sim/settings.ts';
import { flagOf } from '../../src/settings/setting.ts';
import { runHere, runHereWith } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'warmpool-simulate-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** 20 s of a load that more than one worker is needed for. */
const SHORT = ['--workload', 'poisson', '--rate', '50', '--duration', '20s', '--reserved', '1'] as const;

function trace(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function results(...flags: readonly string[]) {
  const { status, stdout, stderr } = await runHere('simulate', '--json', ...flags);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout).results;
}

describe('warmpool simulate', () => {
  it('prints a table of policies and figures, whatever the settings of the gateway are in the environment', async () => {
    const env = {
      WARMPOOL_POLICY: 'abc',
      WARMPOOL_RESERVED: '-1',
      WARMPOOL_MAX_WORKERS: '0',
      WARMPOOL_KEEP_ALIVE: 'x',
    };
    const flags = [...SHORT, '--policy', 'spill,target-wait,never'];
    const { status, stdout, stderr } = await runHereWith(env, 'simulate', ...flags);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^ +spill +target-wait +never$/);
    for (const label of ['requests', 'p50 ms', 'p90 ms', 'p99 ms', 'max ms', 'cold-served', 'spilled', 'rejected']) {
      expect(stdout).toMatch(new RegExp(`^${label} +[\\d,.]+ +[\\d,.]+ +[\\d,.]+$`, 'm'));
    }
    expect(new Set(lines.filter((line) => line !== '').map(({ length }) => length)).size).toBe(1);
    expect(stdout).toMatch(/^starts +[1-9]\d* +[1-9]\d* +0$/m);
  });

  it('compares spill and target-wait under the load of the reference if it is told nothing else', async () => {
    const [spill, targetWait, ...others] = await results('--scale', '0.1');
    expect(others).toEqual([]);
    expect([spill.policy, targetWait.policy]).toEqual(['spill', 'target-wait']);
    expect(spill.maxMs).toBeGreaterThan(9_000);
    expect(targetWait.maxMs).toBeLessThan(1_000);
  });

  it('prints every figure by its key with --json', async () => {
    const all = await results(...SHORT, '--policy', 'target-wait,spill,concurrency,never');
    expect(all.map(({ policy }: { policy: string }) => policy)).toEqual([
      'target-wait',
      'spill',
      'concurrency',
      'never',
    ]);
    const figures = ['coldServed', 'spilled', 'rejected', 'uselessSpawns', 'workersStarted', 'workerSeconds'];
    const numbers = ['requests', 'errors', 'p50Ms', 'p90Ms', 'p99Ms', 'maxMs', 'durationMs', 'perSecond', ...figures];
    for (const result of all) {
      for (const key of numbers) expect(result).toHaveProperty(key, expect.any(Number));
      expect(result.requests).toBe(all[0].requests);
      expect(result.errorCodes).toEqual({});
      expect(result.p50Ms).toBeLessThanOrEqual(result.p90Ms);
      expect(result.p90Ms).toBeLessThanOrEqual(result.p99Ms);
      expect(result.p99Ms).toBeLessThanOrEqual(result.maxMs);
    }
  });

  it('reads a trace', async () => {
    const path = trace('good.csv', 'time,bytes\n10,1\n10.5,1\n10.5,2\n12,1\n');
    const [result] = await results(
      '--workload',
      `trace:${path}`,
      '--service',
      '100',
      '--jitter',
      '0',
      '--policy',
      'never',
    );
    expect(result).toMatchObject({ requests: 4, durationMs: 2_100, minMs: 100, maxMs: 100 });
  });

  it('writes a report that needs nothing but itself, beside what it prints', async () => {
    const html = join(folder, 'report.html');
    const { status, stdout } = await runHere('simulate', ...SHORT, '--html', html);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^requests /m);
    const page = readFileSync(html, 'utf8');
    expect(/^<!doctype html>/.test(page)).toBe(true);
    expect(/<script[^>]+src=|<link[^>]+href="(?!data:)|@import|url\((?!['"]?data:)/.test(page)).toBe(false);
    const settings = { '--rate': '50', '--duration': '20s', '--reserved': '1', '--seed': '1' };
    const shown = Object.entries(settings).map(([flag, value]) => `<dt>${flag}</dt><dd>${value}</dd>`);
    expect(['<h1>Simulation</h1>', ...shown].filter((part) => !page.includes(part))).toEqual([]);
  });

  it('gives the same bytes for the same seed, and others for another', async () => {
    const outcome = async (seed: string, name: string) => {
      const html = join(folder, name);
      const { stdout } = await runHere('simulate', ...SHORT, '--json', '--seed', seed, '--html', html);
      return { stdout, html: readFileSync(html, 'utf8') };
    };
    const first = await outcome('5', 'first.html');
    const again = await outcome('5', 'again.html');
    expect(again.stdout).toBe(first.stdout);
    expect(again.html === first.html).toBe(true);
    const other = await outcome('6', 'other.html');
    expect(other.stdout).not.toBe(first.stdout);
    expect(other.html === first.html).toBe(false);
  });

  it('reserves no more than there may be workers if nobody said how many, and says so in its report', async () => {
    const html = join(folder, 'small.html');
    const { status, stdout } = await runHere('simulate', '--scale', '0.01', '--max-workers', '2', '--html', html);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^starts +0 +0$/m);
    expect(readFileSync(html, 'utf8').includes('<dt>--reserved</dt><dd>2</dd>')).toBe(true);
  });

  it('ends even if nobody is ever served', async () => {
    const flags = ['--scale', '0.01', '--policy', 'never', '--reserved', '0'] as const;
    const [result] = await results(...flags);
    expect(result.errorCodes).toEqual({ OVERLOADED: result.requests });
    const [hasty] = await results(...flags, '--reserved', '2', '--deadline', '10');
    expect(Object.keys(hasty.errorCodes)).toEqual(['DEADLINE_EXCEEDED']);
  });

  it('has every flag in its help, with its default', async () => {
    const stdout = (await runHere('simulate', '--help')).stdout.replace(/\s+/g, ' ');
    for (const name of Object.keys(SIMULATE_SETTINGS)) expect(stdout).toContain(` ${flagOf(name)} <value> `);
    for (const flag of ['--json', '--html <file>']) expect(stdout).toContain(` ${flag} `);
    expect(stdout.match(/\(default: [^)]+\)/g)).toHaveLength(Object.keys(SIMULATE_SETTINGS).length);
  });
});

describe('warmpool simulate exits with 2 and one line that quotes the mistake', () => {
  it.each([
    ['in no order', '1\n3\n2\n4\n', 'line 3: "2" is at "2", before "3" of line 2'],
    ['twice the same', '1\n2\n2\n', 'line 3: "2" is at "2", a duplicate of "2" of line 2'],
    ['no times', '1\n2\nthree\n', 'line 3: "three" tells no time'],
  ])('for a trace with %s', async (name, text, message) => {
    const path = trace(`${name.replaceAll(' ', '-')}.txt`, text);
    const { status, stdout, stderr } = await runHere('simulate', '--workload', `trace:${path}`);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^warmpool: trace .*\n$/);
    expect(stderr).toContain(message);
  });

  it.each([
    [['--policy', 'spill,spil'], '--policy is "spill,spil": not one or more of target-wait, spill, concurrency, never'],
    [['--workload', 'diurnal'], 'workload "diurnal" is not known, expected reference, poisson, bursty or trace:FILE'],
    [['--workload', 'trace:/no/such/file'], '/no/such/file cannot be read (ENOENT)'],
    [['--reserved', '5', '--max-workers', '4'], '--reserved is 5, --max-workers is 4: '],
    [
      ['--html', '/no/such/folder/report.html'],
      '--html is "/no/such/folder/report.html": it cannot be written (ENOENT)',
    ],
  ])('for %j', async (flags, message) => {
    const { status, stdout, stderr } = await runHere('simulate', ...flags);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^warmpool: .*\n$/);
    expect(stderr).toContain(message);
  });

  it.each([['--no-such-flag'], ['reference'], ['--seed']])(
    'for %s, which is no flag, or has no value',
    async (flag) => {
      const { status, stdout, stderr } = await runHere('simulate', flag);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).not.toMatch(/\n +at /);
    },
  );
});
