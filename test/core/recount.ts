/** What the scheduler counts, counted anew from the log of the driver. */
import type { Activity, Binding, Counters, WorkerId, WorkerKind, WorkerState } from '../../src/core/contracts/types.ts';
import type { Entry } from './records.ts';
import type { VirtualPool } from './virtual-pool.ts';

type Time = Record<WorkerKind, Record<Activity, number>>;

const ACTIVITIES: Readonly<Record<WorkerState, Activity>> = {
  starting: 'starting',
  idle: 'idle',
  busy: 'busy',
  stopping: 'idle',
};

export function recount(pool: VirtualPool) {
  return { counters: count(pool), workerTime: timeOf(pool), saturatedMs: saturatedOf(pool), waitError: errorOf(pool) };
}

function count({ log, jobs: records, useless }: VirtualPool): Counters {
  const jobs = [...records.values()];
  const commands = log.flatMap((entry) => entry.commands);
  const number = (type: string) => commands.filter((command) => command.type === type).length;
  const firsts = jobs.flatMap((job) => job.bindings.slice(0, 1));
  const errors = jobs.flatMap(({ error }) => (error ? [error] : []));
  const final = (code: string) => errors.filter((error) => error.code === code && error.retryAfterMs === undefined);
  const expired = errors.filter(({ message }) => message.startsWith('The deadline passed')).length;
  const failed = final('WORKER_FAILED').length;
  const cancelled = final('CANCELLED').length;
  return {
    submitted: jobs.length,
    metNoIdleWorker: log.filter((entry, i) => metNoIdleWorker(entry, log[i - 1], jobs)).length,
    dispatched: jobs.reduce((sum, job) => sum + job.bindings.length, 0),
    finished: jobs.filter((job) => job.answeredBy !== null).length,
    coldServed: firsts.filter((binding) => binding.coldStart).length,
    spilled: firsts.filter((binding) => binding.spilled).length,
    rejected: errors.length - expired - failed - cancelled,
    expired,
    cancelled,
    failed,
    retried: jobs.reduce((sum, job) => sum + job.returned, 0),
    workersStarted: number('start'),
    workersStopped: number('stop'),
    workersDied: log.filter((entry, i) => gone(entry, log[i - 1]) === 'unasked').length,
    uselessSpawns: uselessOf(log, useless),
  };
}

function metNoIdleWorker({ input }: Entry, before: Entry | undefined, jobs: readonly { id: string; model: string }[]) {
  const [verb, id] = input.split(' ');
  if (verb !== 'submit') return false;
  const model = jobs.find((job) => job.id === id)?.model;
  return !before?.after.workers.some((worker) => worker.model === model && worker.state === 'idle');
}

/** Whether a thread ended with this input, and whether it was told to. */
function gone({ input }: Entry, before: Entry | undefined): 'asked' | 'unasked' | null {
  const [verb, id] = input.split(' ');
  const worker = before?.after.workers.find((other) => other.id === Number(id));
  if (verb !== 'workerGone' || !worker) return null;
  return worker.state === 'stopping' ? 'asked' : 'unasked';
}

/** Workers that were started on demand, have ended, and were of no use. */
function uselessOf(log: readonly Entry[], useless: ReadonlySet<WorkerId>): number {
  const ended = log.flatMap((entry, i) => {
    const stopped = entry.commands.flatMap((command) => (command.type === 'stop' ? [command.worker] : []));
    const ofStopped = entry.after.workers.filter((worker) => stopped.includes(worker.id));
    if (gone(entry, log[i - 1]) !== 'unasked') return ofStopped;
    const dead = Number(entry.input.split(' ')[1]);
    return [...ofStopped, ...(log[i - 1]?.after.workers.filter((worker) => worker.id === dead) ?? [])];
  });
  const starts = log.flatMap(({ commands }) => commands.filter((command) => command.type === 'start'));
  const onDemand = new Set(starts.flatMap((start) => (start.kind === 'on-demand' ? [start.worker] : [])));
  return ended.filter(({ id }) => onDemand.has(id) && useless.has(id)).length;
}

/** The time between two inputs, in which nothing changes. */
function spans({ log, now }: VirtualPool): readonly { readonly ms: number; readonly entry: Entry }[] {
  return log.map((entry, i) => ({ ms: (log[i + 1]?.at ?? now) - entry.at, entry }));
}

function timeOf(pool: VirtualPool): Time {
  const time: Time = {
    reserved: { starting: 0, idle: 0, busy: 0 },
    'on-demand': { starting: 0, idle: 0, busy: 0 },
  };
  for (const { ms, entry } of spans(pool)) {
    for (const { kind, state } of entry.after.workers) time[kind][ACTIVITIES[state]] += ms;
  }
  return time;
}

function saturatedOf(pool: VirtualPool): number {
  return spans(pool).reduce((sum, { ms, entry }) => sum + (isSaturated(entry) ? ms : 0), 0);
}

/** Some request waits, and no worker of its model idles; one that leaves for want of work counts as idle. */
function isSaturated({ after: { models, workers }, commands }: Entry): boolean {
  const left = commands.flatMap((command) =>
    command.type === 'stop' && command.reason.startsWith('no work') ? [command.worker] : [],
  );
  const idle = workers.filter(({ id, state }) => state === 'idle' || left.includes(id));
  return models.some(({ model, queued }) => queued > 0 && !idle.some((worker) => worker.model === model));
}

const REMEMBERED = 512;

function errorOf({ log, jobs }: VirtualPool): { p50Ms: number; p95Ms: number } {
  const commands = log.flatMap((entry) => entry.commands);
  const bindings = commands.flatMap((command): readonly Binding[] =>
    command.type === 'dispatch' ? command.batch : [],
  );
  const firsts = bindings.filter((binding) => jobs.get(binding.job)?.bindings[0] === binding);
  const errors = firsts.slice(-REMEMBERED).map(({ queueMs, predictedWaitMs }) => Math.abs(queueMs - predictedWaitMs));
  errors.sort((a, b) => a - b);
  const quantile = (q: number) => errors[Math.max(0, Math.ceil(q * errors.length - 1e-9) - 1)] ?? 0;
  return { p50Ms: quantile(0.5), p95Ms: quantile(0.95) };
}
