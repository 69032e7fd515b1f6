/** One look at the pool of the gateway under test: all that the admin may know, or the summary that everybody may. */
import type { GatewayClient } from '../../client/gateway-client.ts';
import type { KindTime, PoolStats } from '../../client/schema.generated.ts';
import type { SchedulerSnapshot, WorkerSnapshot } from '../../core/contracts/types.ts';
import type { Gauges } from '../report/recorder.ts';

export interface PoolLook {
  readonly gauges: Omit<Gauges, 'inFlight'>;
  /** The scheduler's account of itself; null for everybody but the admin. */
  readonly account: SchedulerSnapshot | null;
}

const POOL_STATS = `{ poolStats {
  summary { reserved reservedBusy onDemand onDemandBusy queued }
  workers { id kind model state served }
  models { model reserved queued serviceMs coldStartMs startSlowdown }
  counters {
    submitted metNoIdleWorker dispatched finished coldServed spilled rejected expired cancelled failed retried
    workersStarted workersStopped workersDied uselessSpawns
  }
  workerTime { reserved { startingMs idleMs busyMs } onDemand { startingMs idleMs busyMs } }
  saturatedMs
  waitError { p50Ms p95Ms }
  memoryBytes
} }`;

/** The summary counts warm workers alone, and no starts. */
export async function lookAsAnybody(client: GatewayClient): Promise<PoolLook> {
  const summary = await client.pool();
  return { gauges: { ...summary, starting: 0, coldStarts: Number.NaN, memoryBytes: null }, account: null };
}

export async function lookAsAdmin(client: GatewayClient): Promise<PoolLook> {
  const { poolStats } = await client.query<{ poolStats: PoolStats }>(POOL_STATS);
  const { summary, workers, models, counters, workerTime, saturatedMs, waitError, memoryBytes } = poolStats;
  const starting = workers.filter(({ state }) => state === 'STARTING').length;
  return {
    gauges: { ...summary, starting, coldStarts: counters.workersStarted, memoryBytes },
    account: {
      models,
      counters,
      saturatedMs,
      waitError,
      workers: workers.map(({ id, model, kind, state, served }) => ({
        id,
        model,
        kind: kind === 'RESERVED' ? 'reserved' : 'on-demand',
        state: state.toLowerCase() as WorkerSnapshot['state'],
        served,
      })),
      workerTime: { reserved: timeOf(workerTime.reserved), 'on-demand': timeOf(workerTime.onDemand) },
    },
  };
}

function timeOf({ startingMs, idleMs, busyMs }: KindTime) {
  return { starting: startingMs, idle: idleMs, busy: busyMs };
}
