/** One look at the pool of the gateway under test: all that the admin may know, or the summary that everybody may. */
import type { Counters, SchedulerSnapshot, WorkerSnapshot } from '../../core/contracts/types.ts';
import type { Gauges } from '../report/recorder.ts';
import { type GatewayAddress, queryGateway } from './gateway-query.ts';

export interface PoolLook {
  readonly gauges: Omit<Gauges, 'inFlight'>;
  /** The scheduler's account of itself; null for everybody but the admin. */
  readonly account: SchedulerSnapshot | null;
}

const SUMMARY = 'reserved reservedBusy onDemand onDemandBusy queued';
type Summary = Pick<Gauges, 'reserved' | 'reservedBusy' | 'onDemand' | 'onDemandBusy' | 'queued'>;

const KIND_TIME = 'starting: startingMs idle: idleMs busy: busyMs';
const COUNTERS = [
  'submitted metNoIdleWorker dispatched finished coldServed spilled rejected expired cancelled failed retried',
  'workersStarted workersStopped workersDied uselessSpawns',
].join(' ');

const POOL_STATS = `{ poolStats {
  summary { ${SUMMARY} }
  workers { id kind model state served }
  models { model reserved queued serviceMs coldStartMs startSlowdown }
  counters { ${COUNTERS} }
  workerTime { reserved { ${KIND_TIME} } onDemand { ${KIND_TIME} } }
  saturatedMs
  waitError { p50Ms p95Ms }
  memoryBytes
} }`;

interface PoolStats {
  readonly summary: Summary;
  readonly workers: readonly (Omit<WorkerSnapshot, 'kind' | 'state'> & {
    readonly kind: string;
    readonly state: string;
  })[];
  readonly models: SchedulerSnapshot['models'];
  readonly counters: Counters;
  readonly workerTime: { readonly reserved: KindTime; readonly onDemand: KindTime };
  readonly saturatedMs: number;
  readonly waitError: SchedulerSnapshot['waitError'];
  readonly memoryBytes: number;
}
type KindTime = SchedulerSnapshot['workerTime']['reserved'];

/** Throws a LoadTestError if there is no such gateway, or if it refuses the token. */
export async function lookAtPool(gateway: GatewayAddress): Promise<PoolLook> {
  if (gateway.adminToken === null) {
    const { pool } = await queryGateway<{ pool: Summary }>(gateway, `{ pool { ${SUMMARY} } }`);
    // The summary counts warm workers alone, and no starts.
    return { gauges: { ...pool, starting: 0, coldStarts: Number.NaN, memoryBytes: null }, account: null };
  }
  const { poolStats } = await queryGateway<{ poolStats: PoolStats }>(gateway, POOL_STATS);
  const { summary, workers, counters, workerTime, memoryBytes, ...same } = poolStats;
  const starting = workers.filter(({ state }) => state === 'STARTING').length;
  return {
    gauges: { ...summary, starting, coldStarts: counters.workersStarted, memoryBytes },
    account: {
      ...same,
      counters,
      workers: workers.map((worker) => ({
        ...worker,
        kind: worker.kind === 'RESERVED' ? 'reserved' : 'on-demand',
        state: worker.state.toLowerCase() as WorkerSnapshot['state'],
      })),
      workerTime: { reserved: workerTime.reserved, 'on-demand': workerTime.onDemand },
    },
  };
}
