/** How long will a request of this model wait? Two answers, for two questions. */
import { startTime } from './estimate.ts';
import type { Model, Worker } from './roster.ts';

/** For the client (receipts, admission), in ms: workers in start-up help once warm; without any, one will start. */
export function expectedWaitMs(now: number, model: Model, workers: readonly Worker[], ahead: number): number {
  const alive = workers.filter((worker) => worker.state !== 'stopping');
  const freeAt = alive.map((worker) => (worker.state === 'starting' ? warmAt(now, worker) : freeFrom(now, worker)));
  if (freeAt.length === 0) freeAt.push(now + model.coldStart.value);
  return startTime(freeAt, ahead, model.service.value) - now;
}

/**
 * For scaling: workers in start-up count as capacity already, so that one burst does not start a worker per request.
 * In ms, `Infinity` without workers.
 */
export function capacityWaitMs(now: number, model: Model, workers: readonly Worker[], ahead: number): number {
  const alive = workers.filter((worker) => worker.state !== 'stopping');
  const freeAt = alive.map((worker) => (worker.state === 'starting' ? now : freeFrom(now, worker)));
  return startTime(freeAt, ahead, model.service.value) - now;
}

function warmAt(now: number, worker: Worker): number {
  return unlessOverdue(now, worker.startedAt, worker.startedAt + worker.model.coldStart.value);
}

function freeFrom(now: number, worker: Worker): number {
  return worker.state === 'busy' ? unlessOverdue(now, worker.busySince, dueAt(worker)) : now;
}

/**
 * Who is overdue will probably take as long again as until now. To expect it back at once would let requests wait behind
 * a hung worker for as long as its time limit.
 */
function unlessOverdue(now: number, since: number, expected: number): number {
  return expected > now ? expected : now + (now - since);
}

/** When a busy worker should have finished. */
export function dueAt(worker: Worker): number {
  return worker.busySince + worker.batchSize * worker.model.service.value;
}
