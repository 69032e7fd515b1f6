/** Who holds a place in the pool, who may idle in it, and who must leave it. */
import type { Command, ModelKey, SchedulerSnapshot, WorkerId } from '../../../src/core/contracts/types.ts';
import { type Entry, isWarm, type JobRecord } from '../records.ts';
import type { VirtualPool } from '../virtual-pool.ts';
import { must } from './must.ts';

export function placesSuffice({ worker }: Extract<Command, { type: 'start' }>, pool: VirtualPool): void {
  must(pool.workers.size < pool.options.maxWorkers, `worker ${worker} is started, but the pool is full`);
}

/**
 * A warm worker may wait while requests of its model do only if it is on-demand and another model is given a place, or
 * for a while, if others may join them in one dispatch.
 */
export class Idlers {
  /** Since when requests wait beside an idle worker of their model. */
  readonly #heldSince = new Map<ModelKey, number>();

  settled({ at, commands, after }: Entry, pool: VirtualPool): void {
    for (const command of commands) {
      if (command.type === 'dispatch') this.#heldSince.delete(pool.workers.get(command.worker)?.model ?? '');
    }
    const evicted = commands.some((command) => command.type === 'stop' && command.reason.endsWith('needs its slot'));
    for (const { model } of after.models) {
      const idle = after.workers.filter((worker) => worker.model === model && worker.state === 'idle');
      const waiting = [...pool.line.waiting(model, 'interactive'), ...pool.line.waiting(model, 'bulk')];
      if (waiting.length === 0) this.#heldSince.delete(model);
      if (idle.length === 0 || waiting.length === 0) continue;
      // An eviction comes after the requests were shared out among the idle workers.
      if (evicted && (pool.options.batchDelayMs > 0 || idle.every(({ kind }) => kind === 'on-demand'))) continue;
      const since = this.#heldSince.get(model) ?? at;
      this.#heldSince.set(model, since);
      const ids = waiting.map(({ id }) => id);
      must(mayBeJoined(at, since, waiting, pool), `worker ${idle[0]?.id} of ${model} idles while ${ids} wait`);
      must(pool.wakeAt <= since + pool.options.batchDelayMs, `${ids} wait for others until ${pool.wakeAt}`);
    }
  }
}

/** Not when each worker's share is a full batch, nor past a deadline, nor for one that was tried before and goes alone. */
function mayBeJoined(at: number, since: number, waiting: readonly JobRecord[], pool: VirtualPool): boolean {
  const { batchDelayMs, maxBatch } = pool.options;
  const inTime = at < since + batchDelayMs && waiting.every((job) => at < job.deadlineAt);
  const model = waiting[0]?.model;
  const warm = [...pool.workers.values()].filter(
    (worker) => worker.model === model && isWarm(worker) && !worker.stopped,
  );
  const running = [...pool.open].filter((job) => job.model === model && job.state === 'running').length;
  const share = Math.min(waiting.length, Math.ceil((waiting.length + running) / warm.length));
  return inTime && share < maxBatch && waiting.some((job) => job.bindings.length === 0);
}

/**
 * Nobody joins a full queue but the first request for a worker; only it and retries take it over its limit. A request that finds an idle worker is let in, and in rare cases this worker must make
 * room for another model at that very moment, or others may join the request.
 */
export function nobodyJoinsAFullQueue({ input, commands }: Entry, pool: VirtualPool): void {
  const [verb, id = ''] = input.split(' ');
  if (verb !== 'submit' || commands.some(({ type }) => type === 'stop') || pool.options.batchDelayMs > 0) return;
  const job = pool.job(id);
  const { state, priority, model, submittedAt } = job;
  if (state !== 'waiting' && state !== 'bound') return;
  const own = [...pool.workers.values()].filter((worker) => worker.model === model);
  const others = [...pool.open].some((other) => other.model === model && other.state === 'waiting' && other !== job);
  // Or its model would never get a worker.
  if (!others && own.every(({ startedAt }) => startedAt === submittedAt)) return;
  const { length } = [...pool.open].filter(
    (job) => job.priority === priority && (job.state === 'waiting' || job.state === 'bound'),
  );
  must(length <= pool.options.queueLimit, `${id} was admitted to a full queue: ${length} ${priority} requests wait`);
}

/** Only a time limit stops a starting, a busy or a reserved worker; a cancel stops none. */
export function stopsAreDue({ at, input, due, commands, after }: Entry, pool: VirtualPool): void {
  for (const command of commands) {
    if (command.type !== 'stop') continue;
    const worker = pool.workers.get(command.worker);
    if (!worker) throw new Error(`worker ${command.worker} was stopped, but there is none`);
    const { taskTimeoutMs, startTimeoutMs } = pool.options;
    const starting = !isWarm(worker);
    const busy = !starting && worker.batch !== null;
    const overran = starting ? at >= worker.startedAt + startTimeoutMs : busy && at >= worker.busySince + taskTimeoutMs;
    const kind = after.workers.find(({ id }) => id === command.worker)?.kind;
    must(command.failed === overran, `worker ${command.worker} was stopped, failed: ${command.failed}`);
    must(!busy || overran, `worker ${command.worker} was stopped in the middle of its task`);
    must(!starting || overran, `worker ${command.worker} was stopped in the middle of its start`);
    must(kind === 'on-demand' || overran, `reserved worker ${command.worker} was stopped`);
    // But one whose time was over stayed: for a request that waited for others, until that was cancelled, or until its
    // policy, which looks only now and then, came to look.
    const stayed = pool.options.batchDelayMs > 0 || pool.options.scaling.name === 'concurrency';
    must(!input.startsWith('cancel') || due <= at || stayed, `a cancel stopped worker ${command.worker}`);
  }
}

/**
 * A fixed keep-alive lets a worker go that had no work for so long, neither earlier nor later; but not while its place
 * was in use, which also a start does that fails.
 */
export class Stays {
  readonly #idleSince = new Map<WorkerId, number>();
  /** How many places of each model are in use, and since when the others are not. */
  readonly #used = new Map<ModelKey, number>();
  readonly #unusedSince = new Map<ModelKey, readonly number[]>();

  settled({ at, commands, after }: Entry, pool: VirtualPool): void {
    const { keepAlive, scaling } = pool.options;
    this.#notePlaces(at, after, pool);
    if (scaling.name === 'concurrency' || !keepAlive.name.startsWith('fixed:')) return;
    const stayMs = Number.parseFloat(keepAlive.name.slice('fixed:'.length));
    for (const command of commands) {
      if (command.type !== 'stop' || command.failed || command.reason.endsWith('needs its slot')) continue;
      const since = this.#idleSince.get(command.worker) ?? at;
      must(at >= since + stayMs, `worker ${command.worker} leaves ${at - since} ms after its work`);
    }
    for (const { id, kind, state, model } of after.workers) {
      if (kind === 'reserved' || state !== 'idle') this.#idleSince.delete(id);
      else this.#leaves(id, this.#stay(at, id, model) + stayMs, pool.line.anyWaits(model), pool);
    }
  }

  #leaves(id: WorkerId, leaveAt: number, excused: boolean, { now, wakeAt }: VirtualPool): void {
    if (excused) return;
    must(now < leaveAt, `worker ${id} should have left ${now - leaveAt} ms ago`);
    must(wakeAt <= leaveAt, `worker ${id} leaves at ${leaveAt}, but is not looked at until ${wakeAt}`);
  }

  /** The latest time at which the worker, or any place that is not in use, was of use. */
  #stay(at: number, id: WorkerId, model: ModelKey): number {
    const since = this.#idleSince.get(id) ?? at;
    this.#idleSince.set(id, since);
    return Math.max(since, ...(this.#unusedSince.get(model)?.slice(this.#used.get(model) ?? 0) ?? []));
  }

  #notePlaces(at: number, { workers, models }: SchedulerSnapshot, pool: VirtualPool): void {
    for (const { model } of models) {
      const own = workers.filter((worker) => worker.model === model && worker.kind === 'on-demand');
      const ahead = (id: WorkerId) => pool.workers.get(id)?.reason === 'the next request is expected';
      const used = own.filter(({ id, state }) => state === 'busy' || (state === 'starting' && !ahead(id))).length;
      const before = this.#used.get(model) ?? 0;
      const unusedSince = [...(this.#unusedSince.get(model) ?? [])];
      for (let place = used; place < before; place++) unusedSince[place] = at;
      for (let place = before; place < used; place++) unusedSince[place] = at;
      this.#used.set(model, used);
      this.#unusedSince.set(model, unusedSince);
    }
  }
}
