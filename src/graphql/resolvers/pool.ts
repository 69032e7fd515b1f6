/** The pool as GraphQL shows it: a coarse summary for everybody, everything for the admin. */
import type { WorkerKind, WorkerState } from '../../core/contracts/types.ts';
import type { PoolStats as PoolSnapshot } from '../../pool/warm-pool.ts';
import type { Gateway } from '../gateway.ts';
import type {
  PoolStats as AllPoolStats,
  ClusterNodeResolvers,
  KindTime,
  MutationResolvers,
  PoolStatsResolvers,
  PoolSummary,
  QueryResolvers,
} from '../schema-types.generated.ts';

export const pool: QueryResolvers['pool'] = (_root, _args, { gateway }) => summarise(gateway.pool.stats());

export const poolStats: QueryResolvers['poolStats'] = (_root, _args, { gateway, requireAdmin }) => {
  requireAdmin();
  return statsOf(gateway);
};

export const provision: MutationResolvers['provision'] = (_root, { model, reserved }, { gateway, requireAdmin }) => {
  requireAdmin();
  gateway.pool.provision(gateway.repository.resolve(model).key, reserved);
  return statsOf(gateway);
};

/** Asked of the store, so only if the client asks for it; and if that fails, the rest is answered all the same. */
export const PoolStats: PoolStatsResolvers = {
  cluster: async (_stats, _args, { gateway }) => gateway.cluster && { nodes: await gateway.cluster.nodes() },
};

export const ClusterNode: ClusterNodeResolvers = {
  seenAt: ({ seenAt }) => new Date(seenAt).toISOString(),
};

function statsOf(gateway: Gateway): Omit<AllPoolStats, 'cluster'> {
  // At one moment, for the times of the workers are shares of it; the memory comes later, as reading it takes a while.
  const uptimeMs = process.uptime() * 1000;
  const stats = gateway.pool.stats();
  return {
    summary: summarise(stats),
    maxWorkers: gateway.maxWorkers,
    workers: stats.workers.map((worker) => ({ ...worker, coldStart: stats.coldStarts.get(worker.id) ?? null })),
    models: [...stats.models],
    counters: stats.counters,
    workerTime: { reserved: timeOf(stats, 'reserved'), onDemand: timeOf(stats, 'on-demand') },
    saturatedMs: stats.saturatedMs,
    waitError: stats.waitError,
    memoryBytes: process.memoryUsage.rss(),
    uptimeMs,
  };
}

function timeOf({ workerTime }: PoolSnapshot, kind: WorkerKind): KindTime {
  const { starting, idle, busy } = workerTime[kind];
  return { startingMs: starting, idleMs: idle, busyMs: busy };
}

/** Counts warm workers alone: those that start or stop take no requests. */
function summarise({ workers, models }: PoolSnapshot): PoolSummary {
  const count = (kind: WorkerKind, ...states: readonly WorkerState[]) =>
    workers.filter((worker) => worker.kind === kind && states.includes(worker.state)).length;
  return {
    reserved: count('reserved', 'idle', 'busy'),
    reservedBusy: count('reserved', 'busy'),
    onDemand: count('on-demand', 'idle', 'busy'),
    onDemandBusy: count('on-demand', 'busy'),
    queued: models.reduce((sum, model) => sum + model.queued, 0),
  };
}
