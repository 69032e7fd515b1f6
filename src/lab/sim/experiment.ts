/** From the settings of a simulation to its run. */
import type { KeepAlivePolicy } from '../../core/policies/keep-alive.ts';
import type { ScalingPolicy } from '../../core/policies/scaling.ts';
import { ConfigError, type Values } from '../../settings/setting.ts';
import type { Run } from '../report/run.ts';
import { parseWorkload } from '../workload/parse.ts';
import { fork, type Random } from '../workload/random.ts';
import type { Workload } from '../workload/workload.ts';
import type { WORKLOAD_SETTINGS, WORLD_SETTINGS } from './settings.ts';
import { simulate } from './simulation.ts';
import type { World } from './virtual-workers.ts';

type WorkloadValues = Values<typeof WORKLOAD_SETTINGS>;
export type WorldValues = Values<typeof WORLD_SETTINGS>;

export function workloadOf({ workload, rate, duration, scale, users, seed }: WorkloadValues): Promise<Workload> {
  const durationMs = duration * 1000;
  return parseWorkload(workload, { perSecond: rate, durationMs, scale, userScale: users, seed });
}

export interface Subject {
  /** Of the run in the report. */
  readonly name: string;
  readonly scaling: ScalingPolicy;
  readonly keepAlive: KeepAlivePolicy;
  readonly reserved: number;
  /** Over time, for the charts. */
  readonly samples: number;
}

/** As the gateway has them by default; nothing is slow enough here to reach them. */
const LIMITS = { taskTimeoutMs: 3_600_000, startTimeoutMs: 3_600_000, patienceMs: 30_000, bulkShare: 0.1 };

/** One request per dispatch: a simulated model gains nothing from a batch. */
const NO_BATCHES = { maxBatch: 1, maxBulkBatch: 1, batchDelayMs: 0 };

/** Throws ConfigError if the pool is too small for its reserved workers. */
export function runSubject(workload: Workload, seed: number, world: WorldValues, subject: Subject): Run {
  const { service, coldStart, maxWorkers, queueLimit, deadline } = world;
  const { scaling, keepAlive, reserved } = subject;
  if (reserved > maxWorkers) {
    throw new ConfigError(
      `--reserved is ${reserved}, --max-workers is ${maxWorkers}: --max-workers must be at least as large as --reserved.`,
    );
  }
  return simulate({
    ...subject,
    workload,
    world: worldOf(world, seed),
    scheduler: {
      ...LIMITS,
      ...NO_BATCHES,
      maxWorkers,
      queueLimit,
      scaling,
      keepAlive,
      random: fork(seed, 'retry'),
      assumed: { serviceMs: service, coldStartMs: coldStart },
    },
    ...(deadline !== null && { deadlineMs: deadline }),
  });
}

function worldOf({ service, coldStart, jitter }: WorldValues, seed: number): World {
  const varied = (random: Random, ms: number) => ms * (1 + jitter * (2 * random() - 1));
  const ofService = fork(seed, 'service');
  const ofStart = fork(seed, 'cold start');
  return {
    serviceMs: (size) => varied(ofService, size * service),
    coldStartMs: () => varied(ofStart, coldStart),
    stopMs: 0,
  };
}
