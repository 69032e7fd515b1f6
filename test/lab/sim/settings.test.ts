/** What `warmpool simulate` and `warmpool plan` are told, and what becomes of it. */
import { describe, expect, it } from 'vitest';
import { PLAN_SETTINGS } from '../../../src/lab/sim/plan-settings.ts';
import { SIMULATE_SETTINGS } from '../../../src/lab/sim/settings.ts';
import { ConfigError, readSettings } from '../../../src/settings/setting.ts';
import { type Flags, simulateFlags } from './from-flags.ts';
import { figure } from './simulated.ts';

function read(flags: Flags) {
  return readSettings(SIMULATE_SETTINGS, flags, {}).values;
}

function readPlan(flags: Partial<Record<keyof typeof PLAN_SETTINGS, string>>) {
  return readSettings(PLAN_SETTINGS, flags, {}).values;
}

describe('the settings of a simulation', () => {
  it('have as defaults the load, the service and the cold start that the reference reports', () => {
    expect(read({})).toMatchObject({
      workload: 'reference',
      policy: ['spill', 'target-wait'],
      service: 38,
      coldStart: 10_000,
      reserved: 10,
      maxWorkers: 32,
      deadline: null,
      targetWait: null,
    });
  });

  it('take several policies, in their order, with blanks around them', () => {
    expect(read({ policy: 'never, spill ,concurrency' }).policy).toEqual(['never', 'spill', 'concurrency']);
  });

  it.each<[Flags, string]>([
    [
      { policy: 'spil' },
      '--policy is "spil": not one or more of target-wait, spill, concurrency, never: "spil" is none',
    ],
    [
      { policy: 'spill,' },
      '--policy is "spill,": not one or more of target-wait, spill, concurrency, never: "" is none',
    ],
    [{ policy: 'spill,never,spill' }, '--policy is "spill,never,spill": not a list of different policies: "spill"'],
    [{ rate: '0' }, '--rate is "0": not a number above 0'],
    [{ rate: 'Infinity' }, '--rate is "Infinity": not a number above 0'],
    [{ duration: '-1s' }, '--duration is "-1s": not a time above 0'],
    [{ duration: '1h' }, '--duration is "1h": not a time above 0 such as 60s, 500ms or 5m'],
    [{ rate: '1000001' }, '--rate is "1000001": not a number above 0 and up to 1,000,000'],
    [{ scale: '0' }, '--scale is "0": not a number above 0 and up to 1,000'],
    [{ scale: '1001' }, '--scale is "1001": not a number above 0 and up to 1,000'],
    [{ users: '-1' }, '--users is "-1": not a number above 0 and up to 1,000'],
    [{ seed: '1.5' }, '--seed is "1.5": not a whole number from 0'],
    [{ service: '0' }, '--service is "0": not a number of milliseconds above 0'],
    [{ service: 'fast' }, '--service is "fast": not a number of milliseconds above 0'],
    [{ coldStart: '-1' }, '--cold-start is "-1": not a number of milliseconds from 0'],
    [{ maxWorkers: '0' }, '--max-workers is "0": not a whole number from 1'],
    [{ reserved: '-1' }, '--reserved is "-1": not a whole number from 0'],
    [{ queueLimit: '1.5' }, '--queue-limit is "1.5": not a whole number from 0'],
    [{ deadline: '0' }, '--deadline is "0": not a number of milliseconds above 0'],
    [{ targetWait: '0' }, '--target-wait is "0": not a number of milliseconds above 0'],
    [{ targetShare: '1.1' }, '--target-share is "1.1": not a number above 0 and up to 1'],
    [{ keepAlive: '60s' }, '--keep-alive is "60s": not one of fixed:TIME'],
  ])('refuse %j and quote it', (flags, message) => {
    expect(() => read(flags)).toThrow(ConfigError);
    expect(() => read(flags)).toThrow(message);
  });
});

describe('the settings of a plan', () => {
  it('have the prices of the reference as defaults', () => {
    expect(readPlan({})).toMatchObject({ slo: 500, priceReserved: 246, priceOnDemand: 1.2 / 3_600, currency: 'yuan' });
  });

  it.each([
    [{ priceReserved: '-1' }, '--price-reserved is "-1": not a number of 0 or more'],
    [{ priceOnDemand: '-0.001' }, '--price-on-demand is "-0.001": not a number of 0 or more'],
    [{ priceOnDemand: 'cheap' }, '--price-on-demand is "cheap": not a number of 0 or more'],
    [{ slo: '0' }, '--slo is "0": not a number of milliseconds above 0'],
  ])('refuse %j and quote it', (flags, message) => {
    expect(() => readPlan(flags)).toThrow(ConfigError);
    expect(() => readPlan(flags)).toThrow(message);
  });
});

describe('a simulation does as it is told:', () => {
  const POISSON: Flags = {
    workload: 'poisson',
    rate: '40',
    duration: '20s',
    policy: 'target-wait',
    coldStart: '1000',
    jitter: '0',
  };
  const simulated = async (flags: Flags) => {
    const [run] = await simulateFlags({ ...POISSON, ...flags });
    if (!run) throw new Error('no run');
    return run;
  };

  it('the rate and the length of a random load', async () => {
    const { totals } = await simulated({ rate: '200', duration: '50s' });
    expect(totals.durationMs).toBeGreaterThanOrEqual(50_000);
    expect(Math.abs(totals.perSecond - 200)).toBeLessThan(10);
  });

  it('the scale and the users of the reference', async () => {
    const { totals } = await simulated({ workload: 'reference', scale: '0.1', users: '0.2' });
    // 1, 3, 5, 7 and 9 users for 6 s each, before more workers than they need.
    expect(totals.requests).toBe(25 * Math.ceil(6_000 / 38));
  });

  it('the service, the cold start and the reserved workers', async () => {
    const { totals } = await simulated({ service: '20', coldStart: '700', reserved: '0', rate: '1' });
    expect(totals.minMs).toBeCloseTo(20, 6);
    expect(totals.maxMs).toBeCloseTo(720, 6);
  });

  it('the jitter: services and cold starts differ by up to that share, and by nothing on average', async () => {
    const { totals } = await simulated({ service: '20', coldStart: '700', reserved: '0', rate: '1', jitter: '0.1' });
    const { totals: many } = await simulated({ service: '20', rate: '20', duration: '300s', jitter: '0.1' });
    expect(totals.maxMs).not.toBeCloseTo(720, 1);
    expect(Math.abs(totals.maxMs - 720)).toBeLessThan(72);
    expect(many.minMs).toBeGreaterThanOrEqual(18);
    expect(many.minMs).toBeLessThan(18.1);
    expect(many.maxMs).toBeLessThanOrEqual(22);
    expect(many.maxMs).toBeGreaterThan(21.9);
    expect(many.meanMs).toBeCloseTo(20, 1);
  });

  it('the most workers', async () => {
    const few = await simulated({ maxWorkers: '2', reserved: '1', service: '100' });
    expect(figure(few, 'workersStarted')).toBe(1);
    expect(few.totals.p99Ms).toBeGreaterThan(1_000);
  });

  it('the queue limit and the deadline', async () => {
    const overload: Flags = { maxWorkers: '1', reserved: '1', service: '100' };
    const full = await simulated({ ...overload, queueLimit: '3' });
    expect(Object.keys(full.totals.errorCodes)).toEqual(['OVERLOADED']);
    expect(full.totals.maxMs).toBeLessThanOrEqual(400.001);
    const late = await simulated({ ...overload, deadline: '250' });
    expect(Object.keys(late.totals.errorCodes)).toEqual(['DEADLINE_EXCEEDED']);
    expect(late.totals.maxMs).toBeLessThan(250);
  });

  it('the target of target-wait: a higher one starts fewer workers and lets requests wait longer', async () => {
    const pool: Flags = { reserved: '1', service: '100', maxWorkers: '16' };
    const [eager, patient] = [
      await simulated({ ...pool, targetWait: '1' }),
      await simulated({ ...pool, targetWait: '400' }),
    ];
    expect(figure(patient, 'workersStarted')).toBeLessThan(figure(eager, 'workersStarted'));
    expect(patient.totals.meanMs).toBeGreaterThan(eager.totals.meanMs);
  });

  it('the share of concurrency: a lower one takes more workers', async () => {
    const pool: Flags = { policy: 'concurrency', reserved: '1', service: '100' };
    const [idle, tight] = [
      await simulated({ ...pool, targetShare: '0.3' }),
      await simulated({ ...pool, targetShare: '0.9' }),
    ];
    expect(figure(idle, 'workerSeconds')).toBeGreaterThan(figure(tight, 'workerSeconds'));
  });

  it('the keep-alive: a longer one takes more worker-seconds and fewer starts', async () => {
    const pool: Flags = { workload: 'bursty', reserved: '1', service: '100', duration: '60s' };
    const [short, long] = [
      await simulated({ ...pool, keepAlive: 'fixed:500ms' }),
      await simulated({ ...pool, keepAlive: 'fixed:1m' }),
    ];
    expect(figure(long, 'workerSeconds')).toBeGreaterThan(figure(short, 'workerSeconds'));
    expect(figure(long, 'workersStarted')).toBeLessThan(figure(short, 'workersStarted'));
  });

  it('more reserved workers than there may be are refused', async () => {
    await expect(simulated({ reserved: '5', maxWorkers: '4' })).rejects.toThrow(ConfigError);
    await expect(simulated({ reserved: '5', maxWorkers: '4' })).rejects.toThrow(
      '--reserved is 5, --max-workers is 4: ',
    );
  });
});
