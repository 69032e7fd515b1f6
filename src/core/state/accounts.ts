/** Where the time of the workers went, and how often the pool was full: sums over time, added up at each change. */
import type { Activity, WorkerKind, WorkerState, WorkerTime } from '../contracts/types.ts';
import type { Worker } from './model.ts';

export class Accounts {
  readonly #time: Record<WorkerKind, Record<Activity, number>> = {
    reserved: { starting: 0, idle: 0, busy: 0 },
    'on-demand': { starting: 0, idle: 0, busy: 0 },
  };
  #saturatedMs = 0;
  #saturatedSince: number | null = null;

  /** A worker was of that kind, in that state, for so long. */
  spent(kind: WorkerKind, state: WorkerState, ms: number): void {
    this.#time[kind][activityOf(state)] += ms;
  }

  /** From now on requests wait for want of an idle worker, or they do not. */
  saturated(now: number, is: boolean): void {
    if (is === (this.#saturatedSince !== null)) return;
    if (this.#saturatedSince !== null) this.#saturatedMs += now - this.#saturatedSince;
    this.#saturatedSince = is ? now : null;
  }

  saturatedMs(now: number): number {
    return this.#saturatedMs + (this.#saturatedSince === null ? 0 : now - this.#saturatedSince);
  }

  /** With the time of those workers that is not in the accounts yet. */
  workerTime(now: number, workers: Iterable<Pick<Worker, 'kind' | 'state' | 'accountedUntil'>>): WorkerTime {
    const time = { reserved: { ...this.#time.reserved }, 'on-demand': { ...this.#time['on-demand'] } };
    for (const { kind, state, accountedUntil } of workers) time[kind][activityOf(state)] += now - accountedUntil;
    return time;
  }
}

/** A stopping worker still holds its slot, without any use. */
function activityOf(state: WorkerState): Activity {
  return state === 'stopping' ? 'idle' : state;
}
