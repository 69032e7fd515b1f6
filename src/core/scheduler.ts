/**
 * The scheduler: a state machine over jobs and workers that decides and never acts. Every input takes `now`, changes
 * the state, and returns the commands that follow. The live pool and the simulator are two drivers of this object.
 *
 * A job is
 *   queued   → running   when a free warm worker takes it (late binding: never before)
 *            → bound     under the policy `spill` only: a worker is started for it, and it waits for that one
 *            → rejected  its deadline passes, it is cancelled, or no worker can be had for its model
 *   bound    → running   its worker is warm
 *            → queued    its worker died while it started
 *            → rejected  its deadline passes, or it is cancelled
 *   running  → done      its worker finished
 *            → queued    its worker died, or others in its batch may have made it run over the time limit; once, then
 *                        rejected
 *            → rejected  its deadline passes, it is cancelled, or its task runs over the time limit. The worker is left
 *                        to finish (a cancel never costs a warm model); only the time limit stops it
 * A worker is
 *   starting → idle      it reported that it is warm
 *   idle     → busy      it was given a batch
 *   busy     → idle      it finished the batch
 *   idle     → stopping  on-demand only: it is not needed, or another model needs its slot
 *   busy     → stopping  its task ran over the time limit
 *   starting → stopping  its start ran over the time limit
 *   any      → gone      the driver reported that the thread ended: expected after `stop`, else it died. A stopping
 *                        worker holds its slot until then, so there are never more threads than allowed
 * Its kind may change at any time: `provision` promotes on-demand workers before it starts new ones, and demotes reserved ones
 * that are too many, which then leave like any other.
 *
 * Inputs only record what happened; the rules in `rules/` then bring the pool to where it should be. They are
 * level-triggered: they look at the state and not at the event, so no sequence of inputs can leave work undone.
 */
import { GatewayError } from './contracts/errors.ts';
import type { Command, JobId, JobRequest, ModelKey, SchedulerSnapshot, WorkerId } from './contracts/types.ts';
import type { SchedulerOptions } from './options.ts';
import { predictWait, refusal } from './rules/arrival.ts';
import { bind, dispatch } from './rules/binding.ts';
import { expire, stopOverrunning } from './rules/deadlines.ts';
import { keepFloor } from './rules/floor.ts';
import { failHopeless } from './rules/hopeless.ts';
import { preWarm, retire } from './rules/leaving.ts';
import { observe } from './rules/observing.ts';
import { scale } from './rules/scaling.ts';
import { planWakeUp } from './rules/wake-up.ts';
import { takeSnapshot } from './state/snapshot.ts';
import { State } from './state/state.ts';

export class Scheduler {
  readonly #state: State;

  constructor(options: SchedulerOptions) {
    this.#state = new State(options);
  }

  /** A request arrives: it is dispatched, queued or rejected at once. */
  submit(now: number, request: JobRequest): readonly Command[] {
    return this.#input(now, ({ jobs, roster, counters }) => {
      counters.submitted++;
      const model = roster.model(request.model);
      if (model.count.idle === 0) counters.metNoIdleWorker++;
      if (request.priority === 'interactive') model.interactiveAt = now;
      const job = jobs.create(request, model, now);
      job.predictedWaitMs = predictWait(this.#state, now, job);
      const refused = refusal(this.#state, now, job);
      if (!refused) return jobs.admit(job);
      counters.rejected++;
      this.#state.emit({ type: 'reject', job: request.id, error: refused });
    });
  }

  /** The client is gone. Unknown or finished jobs are no error: the cancel came too late. */
  cancel(now: number, id: JobId): readonly Command[] {
    return this.#input(now, ({ jobs, counters }) => {
      const job = jobs.get(id);
      if (!job) return;
      counters.cancelled++;
      this.#state.reject(job, new GatewayError('CANCELLED', 'The request was cancelled.'));
    });
  }

  workerReady(now: number, id: WorkerId): readonly Command[] {
    return this.#input(now, ({ jobs, roster }) => {
      const worker = roster.get(id);
      if (worker?.state !== 'starting') return;
      const { model } = worker;
      worker.warmSince = now;
      model.failedStarts = 0;
      model.startAllowedAt = now;
      model.addColdStart(now - worker.startedAt);
      if (worker.jobs.length === 0) return roster.setState(worker, 'idle', now);
      // With another one idle by now, the request that was bound to this one would be served already.
      worker.useful = model.count.idle === 0;
      dispatch(this.#state, now, worker, jobs.unfold(worker));
    });
  }

  /** The worker has finished its batch: its jobs are answered, but for those that the commands reject as too late. */
  finished(now: number, id: WorkerId): readonly Command[] {
    return this.#input(now, ({ jobs, roster, counters }) => {
      const worker = roster.get(id);
      if (worker?.state !== 'busy') return;
      worker.model.service.add(worker.batchSize, now - worker.since, worker.besideStart);
      worker.served++;
      counters.finished += worker.jobs.length;
      jobs.finish(worker);
      roster.setState(worker, 'idle', now);
    });
  }

  /** The thread has ended, asked to or not. */
  workerGone(now: number, id: WorkerId): readonly Command[] {
    return this.#input(now, (state) => {
      const worker = state.roster.get(id);
      if (!worker) return;
      if (worker.state !== 'stopping') {
        for (const job of worker.jobs) {
          if (job.attempts > 1) state.fail(job, `${job.attempts} workers died while they ran the request.`);
          else state.retry(job);
        }
        state.died(now, worker);
      }
      state.roster.remove(worker, now);
    });
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
    return this.#input(now, () => {
      roster.model(key).reserved = reserved;
    });
  }

  /** The time of a `wakeAt` has come. */
  tick(now: number): readonly Command[] {
    return this.#input(now, (state) => {
      state.wakeAt = Number.POSITIVE_INFINITY;
    });
  }

  snapshot(now: number): SchedulerSnapshot {
    return takeSnapshot(this.#state, now);
  }

  /** Whoever is too late is so before anything else that happens at that time. */
  #input(now: number, record: (state: State) => void): readonly Command[] {
    const state = this.#state;
    expire(state, now);
    record(state);
    stopOverrunning(state, now);
    keepFloor(state, now);
    failHopeless(state, now);
    bind(state, now);
    scale(state, now);
    observe(state, now);
    retire(state, now);
    preWarm(state, now);
    planWakeUp(state, now);
    return state.takeCommands();
  }
}
