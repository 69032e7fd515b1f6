/**
 * The scheduler: a state machine over jobs and workers that decides and never acts. Every input takes `now`, changes
 * the state, and returns the commands that follow. The live pool and the simulator are two drivers of this object.
 *
 * A job is
 *   queued   → running   when a free warm worker takes it (late binding: never before)
 *            → rejected  its deadline passes, it is cancelled, or no worker can be had for its model
 *   running  → done      its worker finished
 *            → queued    its worker died, or others in its batch may have made it run over the time limit; once, then
 *                        rejected
 *            → rejected  its deadline passes, it is cancelled, or its task runs over the time limit. The worker is left
 *                        to finish (a cancel never costs a warm model); only the time limit stops it
 * A worker is
 *   starting → idle      it reported that it is warm
 *   idle     → busy      it was given a batch
 *   busy     → idle      it finished the batch
 *   idle     → stopping  on-demand only: no work for the keep-alive, or another model needs its place
 *   busy     → stopping  its task ran over the time limit
 *   starting → stopping  its start ran over the time limit
 *   any      → gone      the driver reported that the thread ended: expected after `stop`, else it died. A stopping
 *                        worker holds its place until then, so there are never more threads than allowed
 * Its kind changes in place: `provision` promotes on-demand workers before it starts new ones, and demotes reserved ones
 * that are too many, which then leave through their keep-alive.
 *
 * Inputs only record what happened; the rules in `rules/` then bring the pool to where it should be. They are
 * level-triggered: they look at the state and not at the event, so no sequence of inputs can leave work undone.
 */
import { GatewayError } from './errors.ts';
import { refuseOnArrival } from './policies/admission.ts';
import type { Model } from './roster.ts';
import { bind } from './rules/binding.ts';
import { expire, stopOverrunning } from './rules/deadlines.ts';
import { keepFloor } from './rules/floor.ts';
import { failHopeless } from './rules/hopeless.ts';
import { retire, scale } from './rules/scaling.ts';
import { planWakeUp } from './rules/wake-up.ts';
import { State } from './state.ts';
import type { Command, JobId, JobRequest, ModelKey, SchedulerOptions, SchedulerSnapshot, WorkerId } from './types.ts';
import { expectedWaitMs } from './wait.ts';

export class Scheduler {
  readonly #state: State;

  constructor(options: SchedulerOptions) {
    this.#state = new State(options);
  }

  /** A request arrives: it is dispatched, queued or rejected at once. */
  submit(now: number, request: JobRequest): readonly Command[] {
    const { jobs, roster, counters } = this.#state;
    counters.submitted++;
    expire(this.#state, now);
    const model = roster.model(request.model);
    const predictedWaitMs = expectedWaitMs(now, model, roster.of(model), jobs.queued(model.key).size);
    const refusal = this.#refusal(now, request, model, predictedWaitMs);
    if (refusal) {
      counters.rejected++;
      this.#state.emit({ type: 'reject', job: request.id, error: refusal });
    } else {
      jobs.add(request, now, predictedWaitMs);
    }
    return this.#settle(now);
  }

  /** The client is gone. Unknown or finished jobs are no error: the cancel came too late. */
  cancel(now: number, id: JobId): readonly Command[] {
    const job = this.#state.jobs.get(id);
    if (!job) return [];
    this.#state.counters.cancelled++;
    this.#state.reject(job, new GatewayError('CANCELLED', 'The request was cancelled.'));
    return this.#settle(now);
  }

  workerReady(now: number, id: WorkerId): readonly Command[] {
    const { roster } = this.#state;
    const worker = roster.get(id);
    if (worker?.state !== 'starting') return [];
    roster.becomeIdle(worker, now);
    worker.warmSince = now;
    worker.model.failedStarts = 0;
    worker.model.startAllowedAt = now;
    worker.model.coldStart.add(now - worker.startedAt);
    return this.#settle(now);
  }

  /** The worker has finished its batch: its jobs are answered, but for those that the commands reject as too late. */
  finished(now: number, id: WorkerId): readonly Command[] {
    const { jobs, roster, counters } = this.#state;
    const worker = roster.get(id);
    if (worker?.state !== 'busy') return [];
    worker.model.service.add((now - worker.busySince) / worker.batchSize);
    worker.served++;
    expire(this.#state, now);
    for (const job of jobs.runningOn(id)) {
      counters.finished++;
      jobs.remove(job);
    }
    roster.becomeIdle(worker, now);
    return this.#settle(now);
  }

  /** The thread has ended, asked to or not. */
  workerGone(now: number, id: WorkerId): readonly Command[] {
    const { jobs, roster, counters } = this.#state;
    const worker = roster.get(id);
    if (!worker) return [];
    roster.remove(worker);
    if (worker.state === 'stopping') return this.#settle(now);
    counters.workersDied++;
    if (worker.state === 'starting') this.#state.startFailed(worker.model, now);
    for (const job of jobs.runningOn(id)) {
      if (job.attempts > 1) this.#state.fail(job, `${job.attempts} workers died while they ran the request.`);
      else this.#state.retry(job);
    }
    return this.#settle(now);
  }

  /** Sets how many workers of a model are always warm. Throws BAD_USER_INPUT if that many do not fit. */
  provision(now: number, key: ModelKey, reserved: number): readonly Command[] {
    const { roster, options } = this.#state;
    const others = roster.reservedFloor(key);
    const most = options.maxWorkers - others;
    if (!Number.isInteger(reserved) || reserved < 0 || reserved > most) {
      const message =
        `Cannot reserve ${reserved} workers for ${key}: it must be a whole number from 0 to ${most} ` +
        `(at most ${options.maxWorkers} workers, ${others} reserved for other models).`;
      throw new GatewayError('BAD_USER_INPUT', message);
    }
    roster.model(key).reserved = reserved;
    return this.#settle(now);
  }

  /** The time of the last `wakeAt` has come. */
  tick(now: number): readonly Command[] {
    this.#state.wakeAt = Number.POSITIVE_INFINITY;
    return this.#settle(now);
  }

  snapshot(): SchedulerSnapshot {
    const { jobs, roster, counters } = this.#state;
    return {
      workers: roster
        .all()
        .map(({ id, kind, model, state, served }) => ({ id, kind, model: model.key, state, served })),
      models: roster.models().map((model) => ({
        model: model.key,
        reserved: model.reserved,
        queued: jobs.queued(model.key).size,
        serviceMs: model.service.value,
        coldStartMs: model.coldStart.value,
      })),
      counters: { ...counters },
    };
  }

  /**
   * A request that finds an idle worker is never refused, and one whose model has no worker at all never for its
   * deadline: their measurements keep the estimates honest, and the latter's start is what the next ones profit from.
   */
  #refusal(now: number, request: JobRequest, model: Model, waitMs: number): GatewayError | null {
    const { jobs, roster, options } = this.#state;
    if (roster.idle(model).length > 0) return null;
    return refuseOnArrival({
      queued: jobs.totalQueued,
      queueLimit: options.queueLimit,
      expectedWaitMs: waitMs,
      nextStartMs: expectedWaitMs(now, model, roster.of(model), 0),
      serviceMs: model.service.value,
      leftMs: roster.of(model).length === 0 ? Number.POSITIVE_INFINITY : request.deadlineAt - now,
    });
  }

  #settle(now: number): readonly Command[] {
    const state = this.#state;
    expire(state, now);
    stopOverrunning(state, now);
    keepFloor(state, now);
    failHopeless(state, now);
    bind(state, now);
    scale(state, now);
    retire(state, now);
    planWakeUp(state, now);
    return state.takeCommands();
  }
}
