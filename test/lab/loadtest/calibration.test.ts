/** What the simulator foretells is what the gateway does: the reference's profile, smaller, on both. */
import { expect, it } from 'vitest';
import { testPolicy } from '../../../src/lab/loadtest/load-test.ts';
import type { Run } from '../../../src/lab/report/run.ts';
import { runSubject } from '../../../src/lab/sim/experiment.ts';
import { reference } from '../../../src/lab/workload/reference.ts';
import { parseKeepAlive, scalingPolicy } from '../../../src/settings/policies.ts';
import { SYNTHETIC } from '../../support/gateway-process.ts';
import { loadTestOf } from './load-test-options.ts';

const SERVICE_MS = 200;
const COLD_START_MS = 1_000;
const MAX_WORKERS = 10;
/** Of the simulated figure. */
const TOLERANCE = 0.15;

// 1, 3, 5, 7 and 9 users, for 3 s each.
const workload = reference({ scale: 0.05, userScale: 0.2 });

function simulated(policy: 'target-wait' | 'spill'): Run {
  return runSubject(
    workload,
    1,
    {
      service: SERVICE_MS,
      coldStart: COLD_START_MS,
      jitter: 0.05,
      maxWorkers: MAX_WORKERS,
      queueLimit: 1000,
      deadline: null,
    },
    {
      name: policy,
      scaling: scalingPolicy(policy, { targetWait: null, targetShare: 0.7 }),
      keepAlive: parseKeepAlive('fixed:60s'),
      reserved: 1,
      samples: 1,
    },
  );
}

async function live(policy: 'target-wait' | 'spill'): Promise<Run> {
  const drill = `service=${SERVICE_MS}ms,cold-start=${COLD_START_MS}ms`;
  const flags = [...SYNTHETIC, '--max-workers', `${MAX_WORKERS}`, '--max-batch', '1', '--drill', drill];
  return testPolicy(await loadTestOf(workload), policy, flags);
}

it('the median and the 99th percentile of the reference profile are as simulated, with a cold-start tail under spill only', async () => {
  const [bound, late] = [simulated('spill'), simulated('target-wait')];
  const [boundLive, lateLive] = [await live('spill'), await live('target-wait')];
  expectClose('spill', 'p50Ms', bound, boundLive);
  // What a start takes beside the injected time is the machine's, and in the tail under spill only.
  expectClose('target-wait', 'p50Ms', late, lateLive);
  expectClose('target-wait', 'p99Ms', late, lateLive);
  expect(boundLive.totals.maxMs).toBeGreaterThan(COLD_START_MS);
  expect(lateLive.totals.maxMs).toBeLessThan(COLD_START_MS);
}, 120_000);

function expectClose(name: string, figure: 'p50Ms' | 'p99Ms', simulated: Run, live: Run): void {
  const error = live.totals[figure] / simulated.totals[figure] - 1;
  expect(Math.abs(error), `${name}: ${figure} is off by ${(100 * error).toFixed(1)} %`).toBeLessThan(TOLERANCE);
}
