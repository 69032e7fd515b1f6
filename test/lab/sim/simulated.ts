/** Simulations with little to say: the defaults of a pool, and a look at what came of it. */
import type { SchedulerOptions } from '../../../src/core/options.ts';
import { fixedKeepAlive } from '../../../src/core/policies/keep-alive.ts';
import { never } from '../../../src/core/policies/never.ts';
import type { Run } from '../../../src/lab/report/run.ts';
import { type Simulation, simulate } from '../../../src/lab/sim/simulation.ts';
import type { World } from '../../../src/lab/sim/virtual-workers.ts';
import type { ClosedWorkload, OpenWorkload } from '../../../src/lab/workload/workload.ts';

/** A fixed pool without limits. */
export const POOL: SchedulerOptions = {
  maxWorkers: 1,
  queueLimit: 1e9,
  bulkShare: 0.1,
  patienceMs: 1e12,
  taskTimeoutMs: 1e9,
  startTimeoutMs: 1e9,
  maxBatch: 1,
  maxBulkBatch: 8,
  batchDelayMs: 0,
  scaling: never,
  keepAlive: fixedKeepAlive(60_000),
  random: () => 0,
  assumed: { serviceMs: 100, coldStartMs: 1_000 },
};

/** 100 ms a request, 1 s a cold start. */
const WORLD: World = { serviceMs: (size) => 100 * size, coldStartMs: () => 1_000, stopMs: 0 };

type Changes = Omit<Partial<Simulation>, 'scheduler' | 'world'> &
  Pick<Simulation, 'workload'> & {
    readonly scheduler?: Partial<SchedulerOptions>;
    readonly world?: Partial<World>;
  };

/** One reserved worker in a fixed pool, but for the changes. */
export function run({ scheduler, world, ...changes }: Changes): Run {
  return simulate({
    name: 'a run',
    reserved: 1,
    samples: 100,
    ...changes,
    scheduler: { ...POOL, ...scheduler },
    world: { ...WORLD, ...world },
  });
}

/** Arrivals at these times. */
export function openAt(times: readonly number[], durationMs = times.at(-1) ?? 0): OpenWorkload {
  return { kind: 'open', name: 'open', durationMs, arrivals: () => times };
}

/** So many users at these times, as `[fromMs, users]`. */
export function closed(durationMs: number, steps: readonly (readonly [number, number])[], thinkMs = 0): ClosedWorkload {
  return {
    kind: 'closed',
    name: 'closed',
    durationMs,
    thinkMs,
    steps: steps.map(([fromMs, users]) => ({ fromMs, users })),
  };
}

export function figure({ figures }: Run, key: string): number {
  const found = figures.find((one) => one.key === key);
  if (!found) throw new Error(`no figure ${key}`);
  return found.value;
}
