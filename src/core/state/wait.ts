/** How long will a request of this model wait? Two answers, for two questions. */
import { startTime, startTimes } from '../estimates/list-scheduling.ts';
import { batchSize } from '../policies/batching.ts';
import type { Model, Worker } from './model.ts';

/** For the client (receipts, admission), in ms: workers in start-up help once warm; without any, one will start. */
export function expectedWaitMs(now: number, model: Model, ahead: number, maxBatch: number): number {
  if (ahead === 0 && model.count.idle > 0) return 0;
  if (model.alive === 0) return model.coldStartMs + ahead * requestMs(model, maxBatch);
  // Rounding may put a worker that is free now a moment before.
  return Math.max(0, startTime(freeTimes(now, model, warmAt), ahead, requestMs(model, maxBatch)) - now);
}

/** The same as absolute times, for as many requests in a row as there are workers: those after them start a service later. */
export function expectedStarts(now: number, model: Model, ahead: number, maxBatch: number): readonly number[] {
  const free = freeTimes(now, model, warmAt);
  return startTimes(free, ahead, free.length, requestMs(model, maxBatch));
}

/**
 * For scaling: workers in start-up count as capacity already, so that one burst does not start a worker per request;
 * but not those that take longer than starts do. In ms, `Infinity` without workers.
 */
export function capacityWaitMs(now: number, model: Model, ahead: number, maxBatch: number): number {
  return startTime(freeTimes(now, model, countedFrom), ahead, requestMs(model, maxBatch)) - now;
}

/** What one request costs a worker at present, in ms: its share of the batch that it will be served in. */
export function requestMs(model: Model, maxBatch: number): number {
  if (maxBatch === 1) return model.service.time.of(1);
  const size = Math.max(1, batchSize(model.queue.size, model.running, Math.max(1, model.alive), maxBatch));
  return model.service.time.of(size) / size;
}

/** When each worker that is not stopping takes its next request; `starting` says so of those that are not warm yet. */
function freeTimes(now: number, model: Model, starting: (now: number, worker: Worker) => number): readonly number[] {
  const freeAt: number[] = [];
  for (const worker of model.workers) {
    if (worker.state === 'starting') freeAt.push(starting(now, worker));
    else if (worker.state !== 'stopping') freeAt.push(freeFrom(now, worker));
  }
  return freeAt;
}

function countedFrom(now: number, worker: Worker): number {
  return now < worker.dueAt ? now : warmAt(now, worker);
}

function warmAt(now: number, worker: Worker): number {
  const bound = worker.jobs.length > 0 ? worker.model.service.time.of(worker.jobs.length) : 0;
  return unlessOverdue(now, worker) + bound;
}

function freeFrom(now: number, worker: Worker): number {
  return worker.state === 'busy' ? unlessOverdue(now, worker) : now;
}

/**
 * Who is overdue will probably take as long again as until now. To expect it back at once would let requests wait behind
 * a hung worker for as long as its time limit.
 */
function unlessOverdue(now: number, { since, dueAt }: Worker): number {
  return dueAt > now ? dueAt : now + (now - since);
}
