/** What must hold at every command and after every input, whatever the trace. A breach throws and says what it saw. */
import type { Command, ModelKey, WorkerSnapshot } from '../../src/core/types.ts';
import type { Entry } from './records.ts';
import type { VirtualPool, Watcher } from './virtual-pool.ts';

export class Watch implements Watcher {
  /** Models whose last start failed: they may be in their back-off. */
  readonly #failing = new Set<ModelKey>();

  command(command: Command, pool: VirtualPool): void {
    if (command.type === 'start') {
      must(pool.workers.size < pool.options.maxWorkers, `worker ${command.worker} is started, but the pool is full`);
    } else if (command.type === 'dispatch') {
      batchIsTheHeadOfTheQueue(command, pool);
    } else if (command.type === 'reject') {
      deadlinesAreJudgedAgainstWorkers(command, pool);
    } else if (command.type === 'wakeAt') {
      must(command.at !== pool.wakeAt, `the timer is set to ${command.at} again`);
    }
  }

  settled(entry: Entry, pool: VirtualPool): void {
    this.#noteStarts(entry, pool);
    const { workers, models } = entry.after;
    must(workers.length === pool.workers.size, 'the scheduler and the driver count different workers');
    for (const { model, reserved, queued } of models) {
      const alive = workers.filter((worker) => worker.model === model && worker.state !== 'stopping');
      const waiting = [...pool.jobs.values()].filter((job) => job.model === model && job.state === 'waiting');
      must(queued === waiting.length, `${queued} jobs of ${model} are queued, but ${waiting.length} wait`);
      if (queued > 0) nobodyIdles(entry, alive);
      this.#floorHolds(entry, pool, model, reserved, alive);
    }
    nobodyJoinsAFullQueue(entry, pool);
    deadlinesHold(entry, pool);
    limitsAreWatched(entry, pool);
    stopsAreDue(entry, pool);
  }

  #noteStarts({ input, commands, after }: Entry, pool: VirtualPool): void {
    const [verb, id] = input.split(' ');
    if (verb === 'workerReady') {
      const ready = after.workers.find((worker) => worker.id === Number(id));
      if (ready && ready.state !== 'stopping') this.#failing.delete(ready.model);
    }
    for (const command of commands) {
      const stopped = command.type === 'stop' ? pool.workers.get(command.worker) : undefined;
      if (stopped && !stopped.warm) this.#failing.add(stopped.model);
    }
    const dead = verb === 'workerGone' ? pool.lastGone : null;
    if (dead && !dead.warm) this.#failing.add(dead.model);
  }

  /** Never too many reserved; too few only while there is no place to be had, or the model's starts fail. */
  #floorHolds({ after }: Entry, pool: VirtualPool, model: ModelKey, floor: number, alive: readonly WorkerSnapshot[]) {
    const reserved = alive.filter((worker) => worker.kind === 'reserved').length;
    must(reserved <= floor, `${reserved} workers of ${model} are reserved, but its floor is ${floor}`);
    if (reserved === floor || this.#failing.has(model)) return;
    must(reserved === alive.length, `${model} has on-demand workers, but only ${reserved} of ${floor} reserved ones`);
    must(after.workers.length === pool.options.maxWorkers, `${model} lacks a reserved worker while there is a place`);
    const stopping = after.workers.some((worker) => worker.state === 'stopping');
    const idle = after.workers.some((worker) => worker.kind === 'on-demand' && worker.state === 'idle');
    must(stopping || !idle, `${model} lacks a reserved worker while an on-demand worker idles`);
  }
}

function must(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}

/** One model, no more than `maxBatch`, the requests that came first; a retried one kept its place and goes alone. */
function batchIsTheHeadOfTheQueue(command: Command & { type: 'dispatch' }, pool: VirtualPool): void {
  const { worker, batch } = command;
  const model = pool.workers.get(worker)?.model;
  const waiting = [...pool.jobs.values()].filter((job) => job.state === 'waiting' && job.model === model);
  const retried = waiting.findIndex((job) => job.attempts > 0);
  const alone = retried === -1 ? pool.options.maxBatch : Math.max(1, retried);
  const ids = batch.map((binding) => binding.job);
  const most = Math.min(alone, pool.options.maxBatch);
  const head = waiting.slice(0, Math.max(1, Math.min(most, ids.length))).map((job) => job.id);
  for (const id of ids) must(pool.job(id).attempts < 2, `${id} was given to a worker for the third time`);
  must(`${ids}` === `${head}`, `worker ${worker} of ${model} was given ${ids}; ${head} was first in the queue`);
}

/** A warm worker may wait while requests of its model do only if it is on-demand and another model is given a place. */
function nobodyIdles({ commands }: Entry, alive: readonly WorkerSnapshot[]): void {
  const idle = alive.filter((worker) => worker.state === 'idle');
  if (idle.length === 0) return;
  const held = idle.every((worker) => worker.kind === 'on-demand') && commands.some(({ type }) => type === 'stop');
  must(held, `worker ${idle[0]?.id} of ${idle[0]?.model} idles while a request for its model waits`);
}

/**
 * Nobody joins a full queue; only retries take it over its limit. A request that finds an idle worker is let in, and in
 * rare cases this worker must make room for another model at that very moment.
 */
function nobodyJoinsAFullQueue({ input, commands }: Entry, pool: VirtualPool): void {
  const [verb, id = ''] = input.split(' ');
  if (verb !== 'submit' || pool.job(id).state !== 'waiting' || commands.some(({ type }) => type === 'stop')) return;
  const waiting = [...pool.jobs.values()].filter((job) => job.state === 'waiting').length;
  must(waiting <= pool.options.queueLimit, `${id} was admitted to a full queue: ${waiting} wait`);
}

/** Answers come before the deadline, errors at it, and the timer is set for it. An input may be ignored. */
function deadlinesHold({ at, commands }: Entry, pool: VirtualPool): void {
  for (const { id, state, answeredBy, error, submittedAt, endedAt, deadlineAt } of pool.jobs.values()) {
    if (state !== 'over') {
      must(at < deadlineAt || commands.length === 0, `${id} is still ${state} after its deadline`);
      must(pool.wakeAt <= deadlineAt, `${id} has its deadline at ${deadlineAt}, the timer rings at ${pool.wakeAt}`);
    }
    must(answeredBy === null || endedAt < deadlineAt, `${id} was answered after its deadline`);
    const expired = error?.code === 'DEADLINE_EXCEEDED' && endedAt > submittedAt;
    must(!expired || endedAt >= deadlineAt, `${id} expired before its deadline`);
  }
}

/** Without any worker there is nothing to judge a deadline against: such a request may only expire. */
function deadlinesAreJudgedAgainstWorkers({ job, error }: Command & { type: 'reject' }, pool: VirtualPool): void {
  if (error.code !== 'DEADLINE_EXCEEDED' || error.retryAfterMs === undefined) return;
  const judged = [...pool.workers.values()].some((worker) => worker.model === pool.job(job).model);
  must(judged, `${job} was refused for its deadline, but its model has no worker`);
}

/** The timer rings at the limit of each start and task and, while requests wait, before a task takes as long again. */
function limitsAreWatched({ at, after }: Entry, pool: VirtualPool): void {
  const { startTimeoutMs, taskTimeoutMs } = pool.options;
  for (const { id, model, state } of after.workers) {
    const { startedAt = 0, busySince = 0, batch } = pool.workers.get(id) ?? {};
    if (state === 'starting') must(pool.wakeAt <= startedAt + startTimeoutMs, `the start of ${id} has no limit`);
    if (state !== 'busy') continue;
    must(pool.wakeAt <= busySince + taskTimeoutMs, `the task of ${id} has no limit`);
    const { queued = 0, serviceMs = 0 } = after.models.find((other) => other.model === model) ?? {};
    const expectedMs = Math.max(1, (batch?.length ?? 0) * serviceMs);
    const lookAt = busySince + Math.max(expectedMs, 2 * (at - busySince)) + 1e-6;
    must(
      queued === 0 || pool.wakeAt <= lookAt,
      `requests wait, and worker ${id} is not looked at until ${pool.wakeAt}`,
    );
  }
}

/** Only a time limit stops a starting, a busy or a reserved worker; a cancel stops none. */
function stopsAreDue({ at, input, due, commands, after }: Entry, pool: VirtualPool): void {
  for (const command of commands) {
    if (command.type !== 'stop') continue;
    const { batch, busySince = at, warm, startedAt = at } = pool.workers.get(command.worker) ?? {};
    const { taskTimeoutMs, startTimeoutMs } = pool.options;
    const overran = warm ? batch && at >= busySince + taskTimeoutMs : at >= startedAt + startTimeoutMs;
    const kind = after.workers.find((worker) => worker.id === command.worker)?.kind;
    must(!batch || overran === true, `worker ${command.worker} was stopped in the middle of its task`);
    must(warm === true || overran === true, `worker ${command.worker} was stopped in the middle of its start`);
    must(kind === 'on-demand' || overran === true, `reserved worker ${command.worker} was stopped`);
    must(!input.startsWith('cancel') || due <= at, `a cancel stopped worker ${command.worker}`);
  }
}
