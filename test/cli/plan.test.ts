import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PLAN_SETTINGS } from '../../src/lab/sim/plan-settings.ts';
import { fork } from '../../src/lab/workload/random.ts';
import { flagOf } from '../../src/settings/setting.ts';
import { runHere } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'warmpool-plan-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Configuration {
  readonly flags: string;
  readonly policy: string;
  readonly costPerMonth: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly errors: number;
  readonly workerSeconds: number;
}

interface Plan {
  readonly currency: string;
  readonly recommended: Configuration | null;
  readonly frontier: readonly Configuration[];
  readonly all: readonly Configuration[];
}

/** A request a second, and in the middle of it a burst of 15 within half a second. */
function tinyTrace(): string {
  const random = fork(1, 'trace');
  const calm = Array.from({ length: 40 }, (_, i) => i + random() / 2);
  const burst = Array.from({ length: 15 }, (_, i) => 20.5 + i / 32);
  const path = join(folder, 'tiny.txt');
  writeFileSync(path, [...calm, ...burst].sort((a, b) => a - b).join('\n'));
  return path;
}

const TRACE = tinyTrace();
const WORLD = ['--workload', `trace:${TRACE}`, '--service', '150', '--cold-start', '500', '--jitter', '0'] as const;

async function planned(...flags: readonly string[]): Promise<Plan> {
  const { status, stdout, stderr } = await runHere('plan', '--json', ...WORLD, ...flags);
  expect(status).toBe(0);
  expect(stderr).toMatch(/^Simulating \d+ configurations\n$/);
  return JSON.parse(stdout);
}

describe('warmpool plan', () => {
  const SLO = 750;
  const ASKED = ['--max-workers', '3', '--slo', `${SLO}`] as const;
  let plan: Plan;
  let recommended: Configuration;
  beforeAll(async () => {
    plan = await planned(...ASKED);
    if (plan.recommended) recommended = plan.recommended;
  });

  it('recommends the cheapest of all configurations that keep the p99 and refuse nobody', () => {
    expect(recommended.p99Ms).toBeLessThanOrEqual(SLO);
    const good = plan.all.filter(({ p99Ms, errors }) => p99Ms <= SLO && errors === 0);
    expect(recommended.costPerMonth).toBe(Math.min(...good.map(({ costPerMonth }) => costPerMonth)));
    expect(good.length).toBeLessThan(plan.all.length);
  });

  it('recommends what a simulation with its flags confirms', async () => {
    const flags = recommended.flags.split(' ');
    const { stdout } = await runHere('simulate', '--json', ...WORLD, '--max-workers', '3', ...flags);
    const [result] = JSON.parse(stdout).results;
    const { policy, p99Ms, maxMs, errors, workerSeconds } = recommended;
    expect(result).toMatchObject({ policy, errors });
    for (const [key, value] of Object.entries({ p99Ms, maxMs, workerSeconds }))
      expect(result[key]).toBeCloseTo(value, 2);
  });

  it('has a frontier on which more money buys a lower p99, and none that another one beats', () => {
    const { frontier, all } = plan;
    expect(frontier.length).toBeGreaterThan(1);
    for (const [i, point] of frontier.entries()) {
      const before = frontier[i - 1];
      if (before) {
        expect(point.costPerMonth).toBeGreaterThan(before.costPerMonth);
        expect(point.p99Ms).toBeLessThan(before.p99Ms);
      }
      const better = all.filter(
        ({ costPerMonth, p99Ms, errors }) =>
          errors === 0 &&
          costPerMonth <= point.costPerMonth &&
          p99Ms <= point.p99Ms &&
          (costPerMonth < point.costPerMonth || p99Ms < point.p99Ms),
      );
      expect(better).toEqual([]);
    }
    expect(frontier.map(({ flags }) => flags)).toContain(recommended.flags);
  });

  it('tries every policy, and pays for reserved workers by the month and for the others by the second', () => {
    expect(new Set(plan.all.map(({ policy }) => policy))).toEqual(
      new Set(['target-wait', 'spill', 'concurrency', 'never']),
    );
    for (const { flags, policy, costPerMonth } of plan.all) {
      const reserved = Number(/--reserved (\d+)/.exec(flags)?.[1]);
      if (policy === 'never') expect(costPerMonth).toBe(246 * reserved);
      else expect(costPerMonth).toBeGreaterThanOrEqual(246 * reserved);
    }
  });

  it('takes other prices and another currency, which change what is recommended', async () => {
    const prices = ['--price-reserved', '1', '--price-on-demand', '1', '--currency', 'EUR'];
    const other = await planned(...ASKED, ...prices);
    expect(other.currency).toBe('EUR');
    expect(recommended.flags).toContain('--reserved 1');
    // Reserved workers alone: on-demand ones are for the rich.
    expect(other.recommended?.costPerMonth).toBe(3);
  });

  it('prints the frontier, what to take, and from when on a reserved worker pays', async () => {
    const html = join(folder, 'plan.html');
    const flags = [...ASKED, '--html', html];
    const { status, stdout } = await runHere('plan', ...WORLD, ...flags);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^on the frontier +yuan a month +p99 ms +max ms +worker-seconds\n--policy /);
    const [, best = ''] = /^the best of each policy .*\n((?:--policy .*\n)+)/m.exec(stdout) ?? [];
    expect(best.match(/^--policy \S+/gm)).toHaveLength(4);
    expect(best).toContain(`${recommended.flags} `);
    expect(stdout).toContain(`For a p99 of at most ${SLO} ms take: ${recommended.flags}\n`);
    expect(stdout).toContain('A reserved worker pays from 27.6 % of the month on');
    const page = readFileSync(html, 'utf8');
    const parts = ['<h1>Plan</h1>', '<dt>--slo</dt><dd>750</dd>', 'p99 ms', 'target-wait', 'spill'];
    expect(parts.filter((part) => !page.includes(part))).toEqual([]);
    expect(/<script[^>]+src=|<link[^>]+href="(?!data:)/.test(page)).toBe(false);
  });

  it('says so if no configuration is fast enough', async () => {
    const { status, stdout } = await runHere('plan', ...WORLD, '--max-workers', '1', '--slo', '149');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^--policy spill: none within the SLO( +–){4}$/m);
    expect(stdout).toContain('No configuration has a p99 of 149 ms or less: raise --max-workers or --slo.');
  });

  it('takes a refusal for no answer: what refuses requests is neither recommended nor on the frontier', async () => {
    const refusing = ['--max-workers', '1', '--deadline', '200'] as const;
    const { recommended, frontier, all } = await planned(...refusing);
    expect({ recommended, frontier }).toEqual({ recommended: null, frontier: [] });
    for (const { errors } of all) expect(errors).toBeGreaterThan(0);
    const { stdout } = await runHere('plan', ...WORLD, ...refusing);
    expect(stdout).toContain('Every configuration refuses requests: raise --max-workers, --queue-limit or --deadline.');
  });

  it('prints the cost table of the reference article, and when a reserved unit pays at its prices', async () => {
    const { status, stdout } = await runHere('plan', '--preset', 'reference');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^mixed +738\.00 \+ 267\.84 +1005\.84$/m);
    expect(stdout).toMatch(/^reserved for the peak .* 2716\.52$/m);
    expect(stdout).toMatch(/^elastic, latency-sensitive .* 1840\.52$/m);
    expect(stdout).toMatch(/^elastic, cost-sensitive .* 1465\.09$/m);
    expect(stdout).toContain('A reserved worker pays from 27.6 % of the month on');
  });

  it('prints it as JSON, too', async () => {
    const { stdout } = await runHere('plan', '--preset', 'reference', '--json');
    const { currency, table, breakEvenShare } = JSON.parse(stdout);
    expect(currency).toBe('yuan');
    expect(table.map(({ bill }: { bill: { total: number } }) => bill.total.toFixed(2))).toEqual([
      '1005.84',
      '2716.52',
      '1840.52',
      '1465.09',
    ]);
    expect(breakEvenShare).toBeCloseTo(0.2755, 4);
  });

  it('has every flag in its help, with its default', async () => {
    const stdout = (await runHere('plan', '--help')).stdout.replace(/\s+/g, ' ');
    for (const name of Object.keys(PLAN_SETTINGS)) expect(stdout).toContain(` ${flagOf(name)} <value> `);
    for (const flag of ['--json', '--html <file>', '--preset <name>']) expect(stdout).toContain(` ${flag} `);
    expect(stdout.match(/\(default: [^)]+\)/g)).toHaveLength(Object.keys(PLAN_SETTINGS).length);
  });
});

describe('warmpool plan exits with 2 and a message that quotes the mistake', () => {
  const oneTime = join(folder, 'one-time.csv');
  writeFileSync(oneTime, '1,7\n1,8\n');

  it.each([
    [['--price-reserved', '-1'], '--price-reserved is "-1": not a number of 0 or more'],
    [['--price-on-demand', '-0.5'], '--price-on-demand is "-0.5": not a number of 0 or more'],
    [['--workload', `trace:${oneTime}`], 'has all its arrivals at one time'],
    [['--workload', 'poisson', '--rate', '0.001', '--duration', '1s', '--max-workers', '1'], 'poisson'],
    [['--html', '/no/such/folder/plan.html'], '--html is "/no/such/folder/plan.html": it cannot be written (ENOENT)'],
    [['--preset', 'mine'], "'mine' is invalid"],
    [['--preset', 'reference', '--html', 'plan.html'], '--html'],
    [['--preset', 'reference', '--workload', 'poisson'], '--preset prints a table of its own: leave out --workload'],
    [['--policy', 'spill'], '--policy'],
  ])('for %j', async (flags, message) => {
    const { status, stdout, stderr } = await runHere('plan', ...flags);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\n +at /);
  });
});
