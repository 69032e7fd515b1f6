/** The simulator and the live pool are two drivers of one scheduler: the same trace gives the same commands. */
import { describe, expect, it } from 'vitest';
import type { SchedulerOptions } from '../../../src/core/options.ts';
import { simulate } from '../../../src/lab/sim/simulation.ts';
import type { World } from '../../../src/lab/sim/virtual-workers.ts';
import { fork } from '../../../src/lab/workload/random.ts';
import { bursty } from '../../../src/lab/workload/random-arrivals.ts';
import { parseKeepAlive, scalingPolicy } from '../../../src/settings/policies.ts';
import { LiveOnVirtualTime, type LoggedCommands } from './live-on-virtual-time.ts';

const RESERVED = 2;
const DEADLINE_MS = 250;
const COLD_START_MS = 700;

function options(policy: 'target-wait' | 'spill' | 'concurrency' | 'never', keepAlive: string): SchedulerOptions {
  return {
    maxWorkers: 6,
    queueLimit: 30,
    bulkShare: 0.1,
    patienceMs: 30_000,
    taskTimeoutMs: 10_000,
    startTimeoutMs: 10_000,
    maxBatch: 4,
    maxBulkBatch: 8,
    batchDelayMs: 0,
    scaling: scalingPolicy(policy, { targetWait: null, targetShare: 0.7 }),
    keepAlive: parseKeepAlive(keepAlive),
    random: fork(1, 'retry'),
    assumed: { serviceMs: 50, coldStartMs: COLD_START_MS },
  };
}

/** Service times differ from one dispatch to the next, the same ones in both runs. */
function world(): World {
  const random = fork(2, 'service');
  return { serviceMs: (size) => 20 + 30 * size * random(), coldStartMs: () => COLD_START_MS, stopMs: 5 };
}

const workload = bursty({
  calmPerSecond: 20,
  burstPerSecond: 300,
  calmMs: 3_000,
  burstMs: 1_000,
  durationMs: 20_000,
  seed: 3,
});

function simulated(scheduler: SchedulerOptions): readonly LoggedCommands[] {
  const log: LoggedCommands[] = [];
  simulate({
    name: 'simulated',
    workload,
    scheduler,
    reserved: RESERVED,
    samples: 1,
    world: world(),
    deadlineMs: DEADLINE_MS,
    onCommands: (atMs, commands) => log.push({ at: atMs, commands }),
  });
  // The start of the reserved workers comes before the workload.
  return log.filter(({ at }) => at > 0 && at <= workload.durationMs);
}

async function live(scheduler: SchedulerOptions): Promise<readonly LoggedCommands[]> {
  const driver = new LiveOnVirtualTime(scheduler, world());
  const { pool, agenda, log } = driver;
  pool.provision('model', RESERVED);
  await driver.runTo(COLD_START_MS);
  const arrivals = workload.arrivals()[Symbol.iterator]();
  let jobs = 0;
  const next = () => {
    const { value, done } = arrivals.next();
    if (done) return;
    agenda.add(COLD_START_MS + value, () => {
      const signal = new AbortController().signal;
      const request = { id: `${jobs++}`, model: 'model', priority: 'interactive' as const };
      const picture = new Uint8Array(0);
      pool.submit({ ...request, picture, onReleased: () => {}, deadlineMs: DEADLINE_MS, signal }).catch(() => {});
      next();
    });
  };
  next();
  await driver.runTo(COLD_START_MS + workload.durationMs);
  return log
    .map(({ at, commands }) => ({ at: at - COLD_START_MS, commands }))
    .filter(({ at }) => at > 0 && at <= workload.durationMs);
}

describe('one trace through the simulator and through the live pool', () => {
  it.each([
    ['target-wait', 'fixed:1s'],
    ['target-wait', 'cost'],
    ['target-wait', 'histogram'],
    ['spill', 'fixed:1s'],
    ['concurrency', 'fixed:1s'],
    ['never', 'fixed:1s'],
  ] as const)('gives the same commands at the same times under %s with %s', async (policy, keepAlive) => {
    const expected = simulated(options(policy, keepAlive));
    expect(expected.length).toBeGreaterThan(500);
    const kinds = new Set(expected.flatMap(({ commands }) => commands.map(({ type }) => type)));
    expect([...kinds]).toEqual(expect.arrayContaining(['dispatch', 'reject', 'wakeAt']));
    expect(await live(options(policy, keepAlive))).toEqual(expected);
  });
});
