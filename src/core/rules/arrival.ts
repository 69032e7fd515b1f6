/** What the scheduler decides on when a request arrives: how long it would wait, and whether it may. */
import { GatewayError } from '../contracts/errors.ts';
import type { SchedulerOptions } from '../options.ts';
import { isLate, refuseOnArrival } from '../policies/admission.ts';
import { retryAfterMs } from '../policies/retry-after.ts';
import type { Job } from '../state/model.ts';
import type { State } from '../state/state.ts';
import { expectedStarts, expectedWaitMs, requestMs } from '../state/wait.ts';

/**
 * How many mean deviations a wait and a service may be longer than expected before an admitted request is late. With fewer, more
 * of those who are let in under overload miss their deadline, and the work for them is lost; with more, too few are let in.
 */
const MARGIN = 3.5;

/** A decision must not take long: so many requests of a tightly packed line are looked at, the next ones. */
const MOST_LOOKS = 64;

/** The wait that is foretold to a request on arrival, in ms. */
export function predictWait({ options, roster }: State, now: number, job: Job): number {
  const { model } = job;
  const isBound = model.scaling.bindsToStart && model.count.idle === 0 && roster.size < options.maxWorkers;
  return isBound ? model.coldStartMs : expectedWaitMs(now, model, model.queue.ahead(job), options.maxBatch);
}

/**
 * Null admits the request. One that is not too late already, and finds an idle worker, is never refused, and one whose model has
 * no worker at all never for its deadline: their measurements keep the estimates honest, and the latter's start is what the next
 * ones profit from.
 */
export function refusal({ options, jobs }: State, now: number, job: Job): GatewayError | null {
  const { model, priority, deadlineAt, predictedWaitMs } = job;
  if (deadlineAt <= now) return new GatewayError('DEADLINE_EXCEEDED', 'The deadline had passed when the request came.');
  if (model.count.idle > 0) return null;
  const isFirst = model.workers.length === 0 && model.queue.size === 0;
  const serviceMs = model.service.time.of(1) + marginMs(job);
  const leftMs = model.workers.length === 0 ? Number.POSITIVE_INFINITY : deadlineAt - now;
  const refused = refuseOnArrival({
    queued: jobs.waiting(priority),
    // Who is the first to ask for a worker needs no room in the queue.
    queueLimit: isFirst ? Number.POSITIVE_INFINITY : options.queueLimit,
    expectedWaitMs: predictedWaitMs,
    serviceMs,
    leftMs,
    displaces: () => displaces(options, now, job, serviceMs),
  });
  if (!refused) return null;
  const { code, message } = refused;
  // Not even an empty queue would do.
  if (code === 'DEADLINE_EXCEEDED' && model.service.time.of(1) >= leftMs) return new GatewayError(code, message);
  const untilRoomMs =
    code === 'OVERLOADED' ? expectedWaitMs(now, model, 0, options.maxBatch) : predictedWaitMs + serviceMs - leftMs;
  return new GatewayError(code, message, retryAfterMs(untilRoomMs, predictedWaitMs, options.random()));
}

/** The wait adds up from the services of those ahead, shared by the workers; their deviations add up as their squares. */
function marginMs(job: Job): number {
  const { model } = job;
  const workers = Math.max(1, model.alive);
  return MARGIN * model.service.time.deviationMs * Math.sqrt(1 + model.queue.ahead(job) / workers ** 2);
}

/**
 * Would an admitted request that is to come later miss its deadline if this one came before it? The test of
 * earliest-deadline-first scheduling. Each request later in the line has a later deadline and starts a step later: so
 * slack for n steps, but for those that the workers' steps are out of time with each other, is slack for the next n
 * requests, and they are skipped. Only those of the same priority are looked at: what the other one takes of the pool
 * in future is not known.
 */
function displaces({ maxBatch }: SchedulerOptions, now: number, job: Job, serviceMs: number): boolean {
  const { model } = job;
  const queue = model.queue.of(job.priority);
  const rank = queue.rank(job);
  if (rank === queue.size || model.alive === 0) return false;
  const starts = expectedStarts(now, model, model.queue.ahead(job), maxBatch);
  const round = Math.max(0.001, requestMs(model, maxBatch));
  const startAt = (nth: number) => (starts[nth % starts.length] as number) + Math.floor(nth / starts.length) * round;
  for (let i = rank, looks = 0; i < queue.size && looks < MOST_LOOKS; looks++) {
    const { deadlineAt, orderedBy } = queue.at(i) as Job;
    const endAt = startAt(i - rank + 1) + serviceMs;
    if (isLate(endAt, deadlineAt) && !isLate(startAt(i - rank) + serviceMs, deadlineAt)) return true;
    const stepsToSpare = Math.ceil(((orderedBy - endAt) / round) * starts.length);
    i += Math.max(1, stepsToSpare - starts.length);
  }
  return false;
}
