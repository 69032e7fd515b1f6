// Facts about the pool's accounts as the admin sees them: what they count, and that their times add up.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ADMIN_TOKEN, type GatewayProcess } from '../support/gateway-process.ts';
import { query } from '../support/graphql-client.ts';
import { untilStats } from './faulty-model.ts';
import { type Answer, ask, SERVICE_MS, startSlow } from './slow-model.ts';

interface KindTime {
  readonly startingMs: number;
  readonly idleMs: number;
  readonly busyMs: number;
}

interface PoolStats {
  readonly workerTime: { readonly reserved: KindTime; readonly onDemand: KindTime };
  readonly saturatedMs: number;
  readonly waitError: { readonly p50Ms: number; readonly p95Ms: number };
  readonly uptimeMs: number;
  readonly maxWorkers: number;
  readonly models: readonly { readonly serviceMs: number; readonly startSlowdown: number }[];
  readonly counters: Record<
    | 'submitted'
    | 'dispatched'
    | 'finished'
    | 'metNoIdleWorker'
    | 'coldServed'
    | 'spilled'
    | 'uselessSpawns'
    | 'workersStarted'
    | 'workersStopped',
    number
  >;
}

const STATS = `{ poolStats {
  workerTime { reserved { startingMs idleMs busyMs } onDemand { startingMs idleMs busyMs } }
  saturatedMs waitError { p50Ms p95Ms } uptimeMs maxWorkers
  models { serviceMs startSlowdown }
  counters {
    submitted dispatched finished metNoIdleWorker coldServed spilled uselessSpawns workersStarted workersStopped
  }
} }`;

async function statsOf({ url }: GatewayProcess): Promise<PoolStats> {
  const { data } = await query<{ poolStats: PoolStats }>(url, STATS, {}, ADMIN_TOKEN);
  if (!data) throw new Error('no stats');
  return data.poolStats;
}

const sum = ({ startingMs, idleMs, busyMs }: KindTime) => startingMs + idleMs + busyMs;

/** One request, and another as soon as the only warm worker is busy with it. */
async function two(gateway: GatewayProcess): Promise<readonly Answer[]> {
  const first = ask(gateway);
  await untilStats(gateway.url, ({ summary }) => summary.reservedBusy === 1);
  return Promise.all([first, ask(gateway)]);
}

/** Until the on-demand worker that was started is gone again. */
async function untilGone(gateway: GatewayProcess): Promise<void> {
  const gone = async () => (await statsOf(gateway)).counters.workersStopped === 1;
  await vi.waitUntil(gone, { interval: 10, timeout: 10_000 });
}

describe('under the policy spill', () => {
  let gateway: GatewayProcess;
  let answers: readonly Answer[];
  let stats: PoolStats;
  beforeAll(async () => {
    gateway = await startSlow('--max-workers', '2', '--policy', 'spill', '--keep-alive', 'fixed:1ms');
    answers = await two(gateway);
    await untilGone(gateway);
    stats = await statsOf(gateway);
  });
  afterAll(() => gateway.stop());

  it('the receipt of a request that a worker was started for says so', () => {
    expect(answers.map(({ receipt }) => receipt)).toMatchObject([
      { worker: 'RESERVED', coldStart: false, spilled: false, queueMs: 0 },
      {
        worker: 'ON_DEMAND',
        coldStart: true,
        spilled: true,
        reason: expect.stringMatching(/^bound to on-demand worker/),
      },
    ]);
  });

  it('the counters tell the same', () => {
    expect(stats.counters).toMatchObject({
      submitted: 2,
      dispatched: 2,
      finished: 2,
      metNoIdleWorker: 1,
      coldServed: 1,
      spilled: 1,
      workersStarted: 2,
      workersStopped: 1,
    });
  });

  it('the time of the workers is in the account of what they did', () => {
    const { reserved, onDemand } = stats.workerTime;
    const queueMs = answers[1]?.receipt?.queueMs ?? Number.NaN;
    for (const { busyMs } of [reserved, onDemand]) {
      expect(busyMs).toBeGreaterThanOrEqual(SERVICE_MS - 1);
      expect(busyMs).toBeLessThan(10 * SERVICE_MS);
    }
    // Its request waited for as long as it started.
    expect(onDemand.startingMs).toBeCloseTo(queueMs, -1);
    expect(stats.saturatedMs).toBeGreaterThan(0);
    expect(stats.saturatedMs).toBeLessThanOrEqual(queueMs + 1);
  });

  it('the times add up to no more than there were, and the reserved worker has its share of every second', async () => {
    const { reserved, onDemand } = stats.workerTime;
    expect(sum(reserved) + sum(onDemand)).toBeLessThan(stats.uptimeMs * stats.maxWorkers);
    expect(sum(reserved)).toBeLessThanOrEqual(stats.uptimeMs);
    const before = await statsOf(gateway);
    await ask(gateway);
    const after = await statsOf(gateway);
    const passedMs = after.uptimeMs - before.uptimeMs;
    expect(passedMs).toBeGreaterThan(SERVICE_MS - 1);
    expect(Math.abs(sum(after.workerTime.reserved) - sum(before.workerTime.reserved) - passedMs)).toBeLessThan(20);
    expect(after.workerTime.reserved.startingMs).toBe(before.workerTime.reserved.startingMs);
    expect(after.workerTime.onDemand).toEqual(before.workerTime.onDemand);
  });

  it('the estimates are those of what was measured', () => {
    const { models, waitError } = stats;
    expect(models).toHaveLength(1);
    expect(models[0]?.serviceMs).toBeGreaterThan(SERVICE_MS - 1);
    expect(models[0]?.startSlowdown).toBeGreaterThanOrEqual(0);
    expect(waitError.p95Ms).toBeGreaterThanOrEqual(waitError.p50Ms);
    expect(waitError.p50Ms).toBeGreaterThanOrEqual(0);
  });
});
