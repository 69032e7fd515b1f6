/** What target-wait is for, beside spill, on a trace of real requests and under the load that the reference was put under. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Run } from '../../../src/lab/report/run.ts';
import { itNeeds } from '../../support/require-part.ts';
import { azureTrace } from '../../support/shared.ts';
import { type Flags, simulateFlags } from './from-flags.ts';
import { figure } from './simulated.ts';

async function besideSpill(flags: Flags): Promise<{ readonly spill: Run; readonly targetWait: Run }> {
  const [spill, targetWait] = await simulateFlags({ ...flags, policy: 'spill,target-wait' });
  if (!spill || !targetWait) throw new Error('a run is missing');
  return { spill, targetWait };
}

describe('on a real trace, 150 ms a request and 10 s a cold start', () => {
  itNeeds(
    azureTrace,
    'target-wait has no long wait and nobody cold-served, for no more worker-seconds than spill',
    async () => {
      const flags = { service: '150', coldStart: '10000', reserved: '1', maxWorkers: '4', keepAlive: 'fixed:60s' };
      const { spill, targetWait } = await besideSpill({ workload: `trace:${azureTrace.path}`, ...flags });
      expect(targetWait.totals.requests).toBe(19_366);
      expect(targetWait.totals.errors).toBe(0);
      expect(figure(targetWait, 'workerSeconds')).toBeLessThanOrEqual(figure(spill, 'workerSeconds'));
      expect(targetWait.totals.maxMs).toBeLessThanOrEqual(spill.totals.maxMs / 20);
      expect(targetWait.totals.p99Ms).toBeLessThanOrEqual(1.05 * spill.totals.p99Ms);
      expect(figure(targetWait, 'coldServed')).toBe(0);
      expect(figure(spill, 'spilled')).toBeGreaterThan(0);
    },
  );
});

describe('under the load of the reference', () => {
  let spill: Run;
  let targetWait: Run;
  beforeAll(async () => {
    ({ spill, targetWait } = await besideSpill({}));
  });

  it('spill makes requests wait out a cold start, as the reference did', () => {
    expect(spill.totals.maxMs).toBeGreaterThanOrEqual(10_000);
    expect(figure(spill, 'spilled')).toBeGreaterThan(0);
  });

  it('target-wait lets nobody wait for long', () => {
    expect(targetWait.totals.maxMs).toBeLessThanOrEqual(10 * targetWait.totals.p50Ms);
    expect(targetWait.totals.maxMs).toBeLessThanOrEqual(spill.totals.maxMs / 20);
  });

  it('target-wait serves as many requests', () => {
    expect(targetWait.totals).toMatchObject({ errors: 0 });
    // A step of users lasts a minute, and the moment in which a start is decided differs by a few ms.
    expect(targetWait.totals.requests).toBeGreaterThan(0.9995 * spill.totals.requests);
  });
});
