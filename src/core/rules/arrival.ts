/** What the scheduler decides on when a request arrives: how long it would wait, and whether it may. */
import { GatewayError } from '../contracts/errors.ts';
import { refuseOnArrival } from '../policies/admission.ts';
import { LONGEST_MS, retryAfterMs } from '../policies/retry-after.ts';
import type { Job } from '../state/model.ts';
import type { State } from '../state/state.ts';
import { expectedStarts, expectedWaitMs, requestMs } from '../state/wait.ts';

/** How many mean deviations a wait and a service may be longer than expected without breaking a promise. */
const MARGIN = 2.5;

/** A decision must not take long: so many requests of a tightly packed line are looked at, the next ones. */
const MOST_LOOKS = 64;

/** The wait that is foretold to a request on arrival, in ms. */
export function predictWait({ options, roster }: State, now: number, job: Job): number {
  const { model } = job;
  const bindsToStart = options.scaling.kind === 'spill' && model.count.idle === 0 && roster.size < options.maxWorkers;
  if (bindsToStart) return model.coldStartMs;
  return expectedWaitMs(now, model, model.queue.ahead(job), options.maxBatch);
}

/**
 * Null admits the request. One that finds an idle worker is never refused, and one whose model has no worker at all never
 * for its deadline: their measurements keep the estimates honest, and the latter's start is what the next ones profit
 * from. A client that was refused before, and comes back at its time, has a place.
 */
export function refusal(state: State, now: number, job: Job, retryToken: string | null): GatewayError | null {
  const { model, priority, deadlineAt } = job;
  const { options, jobs } = state;
  model.promises.expire(now);
  const isFirst = model.workers.length === 0 && model.queue.size === 0;
  const hasPlace = retryToken !== null && model.promises.isDue(retryToken, now);
  if (model.count.idle > 0) return admit(now, job, retryToken);
  const promised = hasPlace ? 0 : model.promises.expectedBy(Math.min(deadlineAt, now + job.predictedWaitMs));
  const ahead = model.queue.ahead(job) + promised;
  const expectedMs = promised === 0 ? job.predictedWaitMs : expectedWaitMs(now, model, ahead, options.maxBatch);
  const serviceMs = model.service.time.of(1) + marginMs(job, ahead);
  const leftMs = model.workers.length === 0 ? Number.POSITIVE_INFINITY : deadlineAt - now;
  const refused = refuseOnArrival({
    queued: jobs.waiting(priority) + promised,
    // Who has a place, or is the first to ask for a worker, needs none in the queue.
    queueLimit: hasPlace || isFirst ? Number.POSITIVE_INFINITY : options.queueLimit,
    expectedWaitMs: expectedMs,
    serviceMs,
    leftMs,
    displaces: () => displaces(state, now, job, serviceMs),
  });
  if (!refused) return admit(now, job, retryToken);
  const full = refused.code === 'OVERLOADED';
  // Not even an empty queue would do.
  if (!full && model.service.time.of(1) >= leftMs) return new GatewayError(refused.code, refused.message);
  const untilRoomMs = full ? expectedWaitMs(now, model, 0, options.maxBatch) : expectedMs + serviceMs - leftMs;
  return comeBack(state, now, job, refused, Math.max(0, untilRoomMs), retryToken);
}

function admit(now: number, { model }: Job, retryToken: string | null): null {
  if (retryToken !== null) model.promises.claim(retryToken, now);
  return null;
}

/** With a place in line: the one it has already, if it came too early, or a new one for which its id is the token. */
function comeBack(
  { options }: State,
  now: number,
  { id, model }: Job,
  { code, message }: Pick<GatewayError, 'code' | 'message'>,
  untilRoomMs: number,
  retryToken: string | null,
): GatewayError {
  if (retryToken !== null) {
    const keptAt = model.promises.at(retryToken);
    if (keptAt !== undefined && keptAt > now) {
      return new GatewayError(code, message, Math.max(1, Math.ceil(keptAt - now)), retryToken);
    }
    model.promises.claim(retryToken, now);
  }
  const stepMs = requestMs(model, options.maxBatch) / Math.max(1, model.alive);
  const afterMs = retryAfterMs({ untilRoomMs, before: model.promises.expected, stepMs, random: options.random() });
  // So far ahead places cannot be told from each other.
  const hasPlace = afterMs < LONGEST_MS && model.promises.promise(id, now + afterMs);
  return new GatewayError(code, message, afterMs, hasPlace ? id : undefined);
}

/** The wait adds up from the services of those ahead, shared by the workers; their deviations add up as their squares. */
function marginMs({ model }: Job, ahead: number): number {
  const workers = Math.max(1, model.alive);
  return MARGIN * model.service.time.deviationMs * Math.sqrt(1 + ahead / workers ** 2);
}

/**
 * Would a request that is to come later, and was promised its deadline, miss it if this one came before it? The test of
 * earliest-deadline-first scheduling. Each request later in the line has a later deadline and starts a step later: so
 * slack for n steps, but for those that the workers' steps are out of time with each other, is slack for the next n
 * requests, and they are skipped. Only those of the same priority are looked at: what the other one takes of the pool
 * in future is not known.
 */
function displaces({ options }: State, now: number, job: Job, serviceMs: number): boolean {
  const { model } = job;
  const { maxBatch } = options;
  const queue = model.queue.of(job.priority);
  const rank = queue.rank(job);
  if (rank === queue.size || model.alive === 0) return false;
  const starts = expectedStarts(now, model, model.queue.ahead(job), maxBatch);
  const round = Math.max(0.001, requestMs(model, maxBatch));
  const startAt = (place: number) =>
    (starts[place % starts.length] as number) + Math.floor(place / starts.length) * round;
  for (let i = rank, looks = 0; i < queue.size && looks < MOST_LOOKS; looks++) {
    const { deadlineAt, orderedBy } = queue.at(i) as Job;
    const endAt = startAt(i - rank + 1) + serviceMs;
    if (endAt >= deadlineAt && startAt(i - rank) + serviceMs < deadlineAt) return true;
    const stepsToSpare = Math.ceil(((orderedBy - endAt) / round) * starts.length);
    i += Math.max(1, stepsToSpare - starts.length);
  }
  return false;
}
