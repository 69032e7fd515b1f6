/** What must hold at every command and after every input, whatever the trace. A breach throws and says what it saw. */
import type { Command, ModelKey, WorkerSnapshot } from '../../src/core/contracts/types.ts';
import { type Entry, isWarm } from './records.ts';
import type { VirtualPool, Watcher } from './virtual-pool.ts';
import { must } from './watch/must.ts';
import { batchIsDue, sharesHold, startIsNeeded } from './watch/order.ts';
import { Idlers, nobodyJoinsAFullQueue, placesSuffice, Stays, stopsAreDue } from './watch/places.ts';
import * as time from './watch/time.ts';

export class Watch implements Watcher {
  /** Models whose last start failed: they may be in their back-off. */
  readonly #failing = new Set<ModelKey>();
  readonly #idlers = new Idlers();
  readonly #stays = new Stays();

  command(command: Command, pool: VirtualPool): void {
    if (command.type === 'start') {
      placesSuffice(command, pool);
      startIsNeeded(command, pool);
    } else if (command.type === 'dispatch') {
      batchIsDue(command, pool);
    } else if (command.type === 'reject') {
      time.refusalIsJudged(command, pool);
    } else if (command.type === 'wakeAt') {
      time.timerMovesForward(command, pool);
    }
  }

  settled(entry: Entry, pool: VirtualPool): void {
    this.#noteStarts(entry, pool);
    const { workers, models } = entry.after;
    must(workers.length === pool.workers.size, 'the scheduler and the driver count different workers');
    for (const { model, reserved, queued } of models) {
      const alive = workers.filter((worker) => worker.model === model && worker.state !== 'stopping');
      const waits = ({ state }: { state: string }) => state === 'waiting' || state === 'bound';
      const waiting = [...pool.open].filter((job) => job.model === model && waits(job));
      must(queued === waiting.length, `${queued} jobs of ${model} are queued, but ${waiting.length} wait`);
      sharesHold(model, pool);
      this.#floorHolds(entry, pool, model, reserved, alive);
    }
    nobodyJoinsAFullQueue(entry, pool);
    stopsAreDue(entry, pool);
    this.#idlers.settled(entry, pool);
    this.#stays.settled(entry, pool);
    time.deadlinesHold(entry, pool);
    time.limitsHold(entry, pool);
    time.theOverdueAreWatched(entry, pool);
    time.theLoadIsWatched(entry, pool);
    time.earlyTicksDoNothing(entry, pool);
  }

  #noteStarts({ input, commands, after }: Entry, pool: VirtualPool): void {
    const [verb, id] = input.split(' ');
    if (verb === 'workerReady') {
      const ready = after.workers.find((worker) => worker.id === Number(id));
      if (ready && ready.state !== 'stopping') this.#failing.delete(ready.model);
    }
    for (const command of commands) {
      const stopped = command.type === 'stop' ? pool.workers.get(command.worker) : undefined;
      if (stopped && !isWarm(stopped)) this.#failing.add(stopped.model);
    }
    const dead = verb === 'workerGone' ? pool.lastGone : null;
    if (dead && !isWarm(dead)) this.#failing.add(dead.model);
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
