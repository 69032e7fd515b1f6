/**
 * The fault drill: starts, answers and workers made worse on purpose, so that policies can be compared on any machine.
 * It stands between the pool and its workers, and neither of them knows of it.
 */
import type { Drill } from '../core/contracts/drill.ts';
import type { Clock, ColdStartPhases } from '../core/contracts/ports.ts';
import type { Picture } from '../worker/picture.ts';
import type { Outcome } from '../worker/protocol.ts';
import { pause } from './pause.ts';
import type { PoolWorker, SpawnWorker } from './warm-pool.ts';

/** Workers as `spawn` makes them, with the drill's faults. */
export function withDrill(spawn: SpawnWorker, drill: Drill, clock: Clock): SpawnWorker {
  let started = 0;
  let dispatches = 0;
  const crashes = () => drill.crashEvery !== null && ++dispatches % drill.crashEvery === 0;
  return (model, onEnded) => {
    started++;
    const slowdown = drill.slow && started % drill.slow.oneIn === 0 ? drill.slow.factor : 1;
    const gone = new AbortController();
    const worker = spawn(model, (why) => {
      gone.abort(new Error('The worker has ended.'));
      onEnded(why);
    });
    return new DrilledWorker(worker, { ...drill, slowdown, crashes, gone, clock });
  };
}

interface Faults extends Pick<Drill, 'coldStartMs' | 'serviceMs'> {
  readonly slowdown: number;
  /** Asked once for each dispatch. */
  readonly crashes: () => boolean;
  /** Aborted as the worker ends, and with it what is delayed. */
  readonly gone: AbortController;
  readonly clock: Clock;
}

class DrilledWorker implements PoolWorker {
  readonly #worker: PoolWorker;
  readonly #faults: Faults;

  constructor(worker: PoolWorker, faults: Faults) {
    this.#worker = worker;
    this.#faults = faults;
  }

  /** The delay comes first, as if the thread were given late: so it counts in the phase `thread` and in the total. */
  async warmUp(): Promise<ColdStartPhases> {
    const { coldStartMs, clock, gone } = this.#faults;
    await pause(clock, coldStartMs, gone.signal);
    return this.#worker.warmUp();
  }

  async run(pictures: readonly Picture[]): Promise<readonly Outcome[]> {
    const { serviceMs, slowdown, crashes, clock, gone } = this.#faults;
    if (crashes()) {
      // The pool has not asked for this end: to it, and to the scheduler, it is a death.
      void this.#worker.stop('the fault drill ended its thread');
      throw new Error('The fault drill ended the thread.');
    }
    const startedAt = clock.now();
    const outcomes = await this.#worker.run(pictures);
    const tookMs = clock.now() - startedAt;
    await pause(clock, Math.max(tookMs, pictures.length * serviceMs) * slowdown - tookMs, gone.signal);
    return outcomes;
  }

  /** What is delayed fails at once: the delay is not waited for. */
  stop(why: string): Promise<void> {
    this.#faults.gone.abort(new Error('The worker has ended.'));
    return this.#worker.stop(why);
  }
}
