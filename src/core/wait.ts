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
  return Math.max(now, worker.startedAt + worker.model.coldStart.value);
}

function freeFrom(now: number, worker: Worker): number {
  if (worker.state !== 'busy') return now;
  const expected = dueAt(worker);
  // Overdue: who has run for so long will probably run as long again. To expect it back now would let requests wait
  // behind a hung worker for as long as its time limit.
  return expected > now ? expected : now + (now - worker.busySince);
}

/** When a busy worker should have finished. */
export function dueAt(worker: Worker): number {
  return worker.busySince + worker.batchSize * worker.model.service.value;
}
