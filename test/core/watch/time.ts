/** Deadlines, time limits, and the timer that keeps them. */
import type { Command, JobId } from '../../../src/core/contracts/types.ts';
import type { Entry } from '../records.ts';
import type { VirtualPool } from '../virtual-pool.ts';
import { must } from './must.ts';

/** A timer is only ever set to an earlier time, which has not passed. */
export function timerMovesForward({ at }: Extract<Command, { type: 'wakeAt' }>, pool: VirtualPool): void {
  must(at > pool.now, `the timer is set to ${at}, and it is ${pool.now}`);
  must(at < pool.wakeAt, `the timer is set to ${at}, but it rings at ${pool.wakeAt} already`);
}

/** Answers come before the deadline, errors at it, and the timer is set for it. */
export function deadlinesHold({ at }: Entry, pool: VirtualPool): void {
  for (const { id, state, deadlineAt } of pool.open) {
    must(at < deadlineAt, `${id} is still ${state} after its deadline`);
    must(pool.wakeAt <= deadlineAt, `${id} has its deadline at ${deadlineAt}, the timer rings at ${pool.wakeAt}`);
  }
  for (const { id, answeredBy, error, submittedAt, deadlineAt } of pool.ended) {
    must(answeredBy === null || at < deadlineAt, `${id} was answered after its deadline`);
    const expired = error?.code === 'DEADLINE_EXCEEDED' && at > submittedAt;
    must(!expired || at >= deadlineAt, `${id} expired before its deadline`);
  }
}

/**
 * Only a full queue refuses a request, or its deadline; but without any worker there is nothing to judge that against:
 * such a request may only expire.
 */
export function refusalIsJudged({ job: id, error }: Extract<Command, { type: 'reject' }>, pool: VirtualPool): void {
  const { retryAfterMs } = error;
  must(
    retryAfterMs === undefined || (Number.isInteger(retryAfterMs) && retryAfterMs > 0),
    `come back in ${retryAfterMs}`,
  );
  if (error.code === 'OVERLOADED' && retryAfterMs !== undefined) queueIsFull(id, pool);
  if (error.code !== 'DEADLINE_EXCEEDED' || retryAfterMs === undefined) return;
  const { model, submittedAt } = pool.job(id);
  must(submittedAt === pool.now, `${id} was let in, and refused ${pool.now - submittedAt} ms later`);
  const own = [...pool.workers.values()].filter((worker) => worker.model === model);
  must(own.length > 0, `${id} was refused for its deadline, but its model has no worker`);
}

function queueIsFull(id: JobId, { open, options, jobs }: VirtualPool): void {
  const { priority } = jobs.get(id) ?? {};
  const waiting = [...open].filter((job) => job.id !== id && job.priority === priority && job.state !== 'running');
  must(waiting.length >= options.queueLimit, `${id} was refused, but only ${waiting.length} ${priority} requests wait`);
}

/** The timer rings at the limit of each start and task, and nothing runs over it. */
export function limitsHold({ at, after }: Entry, pool: VirtualPool): void {
  const { startTimeoutMs, taskTimeoutMs } = pool.options;
  for (const { id, state } of after.workers) {
    const { startedAt = 0, busySince = 0 } = pool.workers.get(id) ?? {};
    if (state !== 'starting' && state !== 'busy') continue;
    const limit = state === 'starting' ? startedAt + startTimeoutMs : busySince + taskTimeoutMs;
    must(at < limit, `worker ${id} is ${state} since more than its limit allows: ${limit}`);
    must(
      pool.wakeAt <= limit,
      `worker ${id} is ${state}, and not looked at until ${pool.wakeAt}; its limit is ${limit}`,
    );
  }
}

/** While requests wait, the timer rings before a start or a task takes as long again. */
export function theOverdueAreWatched({ at, after }: Entry, pool: VirtualPool): void {
  for (const { id, model, state } of after.workers) {
    if ((state !== 'starting' && state !== 'busy') || !pool.line.anyWaits(model)) continue;
    const { startedAt = 0, busySince = 0, dueAt = 0 } = pool.workers.get(id) ?? {};
    const since = state === 'starting' ? startedAt : busySince;
    const lookAt = since + Math.max(1, dueAt - since, 2 * (at - since)) + 1e-6;
    must(pool.wakeAt <= lookAt, `requests wait, and worker ${id} is not looked at until ${pool.wakeAt}`);
  }
}

/** A policy that changes its mind by itself is asked again in time, as long as it has something to decide on. */
export function theLoadIsWatched({ at, after }: Entry, pool: VirtualPool): void {
  const { scaling } = pool.options;
  const { everyMs } = scaling.forModel();
  if (everyMs === undefined) return;
  const onDemand = after.workers.some(({ kind, state }) => kind === 'on-demand' && state !== 'stopping');
  must(
    pool.wakeAt <= at + everyMs || !(pool.open.size > 0 || onDemand),
    `the load is not looked at until ${pool.wakeAt}`,
  );
}

/**
 * A tick that comes before its time finds nothing to do, or the timer would have been set too late. Only a policy that looks at the load
 * changes its mind all the time, and a policy that looks at waits while somebody is overdue.
 */
export function earlyTicksDoNothing({ at, input, due, commands }: Entry, pool: VirtualPool): void {
  if (input !== 'tick' || at >= due || pool.options.scaling.name === 'concurrency') return;
  const done = commands.filter(({ type }) => type !== 'wakeAt');
  if (done.every(({ type }) => type === 'start') && someoneIsOverdue(at, pool)) return;
  must(done.length === 0, `a tick at ${at}, before the one at ${due}, was of use: ${done.map(({ type }) => type)}`);
}

function someoneIsOverdue(at: number, pool: VirtualPool): boolean {
  return [...pool.workers.values()].some(({ dueAt, stopped }) => !stopped && at > dueAt);
}
