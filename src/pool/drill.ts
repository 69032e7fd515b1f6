/**
 * The fault drill: starts, answers and workers made worse on purpose, so that policies can be compared on any machine.
 * It stands between the pool and its workers, and neither of them knows of it.
 */
import type { Clock, ColdStartPhases } from '../core/ports.ts';
import type { Picture } from './picture.ts';
import type { Outcome } from './protocol.ts';
import type { PoolWorker, SpawnWorker } from './warm-pool.ts';

export interface Drill {
  /** Added to every start, a reserved worker's too, in ms. */
  readonly coldStartMs: number;
  /** Least time that a dispatch takes for each of its pictures, in ms: a model that gains nothing from a batch. */
  readonly serviceMs: number;
  /** Every `oneIn`th worker, in the order of their starts, takes `factor` times as long for each dispatch. */
  readonly slow: { readonly oneIn: number; readonly factor: number } | null;
  /** Every so many-th dispatch, those of all workers counted, ends its worker's thread instead. */
  readonly crashEvery: number | null;
}

const NO_FAULTS: Drill = { coldStartMs: 0, serviceMs: 0, slow: null, crashEvery: null };

/** Reads `cold-start=10s,service=38ms,slow=1/4x3,crash=1/500`, or some of it. Throws a SyntaxError that follows "not". */
export function parseDrill(text: string): Drill {
  const drill: Partial<Drill> = {};
  for (const part of text.split(',').map((raw) => raw.trim())) {
    const fault = parsePart(part);
    if (!fault) {
      throw new SyntaxError(
        `a drill: its part ${JSON.stringify(part)} is none of cold-start=TIME, service=TIME, slow=1/NxFACTOR and ` +
          'crash=1/N (TIME as in 10s or 500ms, N from 1, FACTOR from 1)',
      );
    }
    if (Object.keys(fault).some((name) => name in drill)) {
      throw new SyntaxError(`a drill: its part ${JSON.stringify(part)} says again what one before it said`);
    }
    Object.assign(drill, fault);
  }
  return { ...NO_FAULTS, ...drill };
}

function parsePart(part: string): Partial<Drill> | null {
  const [, name, value, unit] = /^(cold-start|service)=(\d+(?:\.\d+)?)(ms|s)$/.exec(part) ?? [];
  const ms = Number(value) * (unit === 's' ? 1000 : 1);
  if (name === 'cold-start') return { coldStartMs: ms };
  if (name === 'service') return { serviceMs: ms };
  const [, oneIn, factor] = /^slow=1\/([1-9]\d*)x([1-9]\d*(?:\.\d+)?)$/.exec(part) ?? [];
  if (oneIn) return { slow: { oneIn: Number(oneIn), factor: Number(factor) } };
  const [, crashEvery] = /^crash=1\/([1-9]\d*)$/.exec(part) ?? [];
  return crashEvery ? { crashEvery: Number(crashEvery) } : null;
}

/** Workers as `spawn` makes them, with the drill's faults. */
export function withDrill(spawn: SpawnWorker, drill: Drill, clock: Clock): SpawnWorker {
  let started = 0;
  let dispatches = 0;
  const crashes = () => drill.crashEvery !== null && ++dispatches % drill.crashEvery === 0;
  return (model, onEnded) => {
    started++;
    const slowdown = drill.slow && started % drill.slow.oneIn === 0 ? drill.slow.factor : 1;
    const pause = new Pause(clock);
    const worker = spawn(model, (why) => {
      pause.end();
      onEnded(why);
    });
    return new DrilledWorker(worker, { ...drill, slowdown, crashes, pause, clock });
  };
}

interface Faults extends Pick<Drill, 'coldStartMs' | 'serviceMs'> {
  readonly slowdown: number;
  /** Asked once for each dispatch. */
  readonly crashes: () => boolean;
  readonly pause: Pause;
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
    await this.#faults.pause.for(this.#faults.coldStartMs);
    return this.#worker.warmUp();
  }

  async run(pictures: readonly Picture[]): Promise<readonly Outcome[]> {
    const { serviceMs, slowdown, crashes, pause, clock } = this.#faults;
    if (crashes()) {
      // The pool has not asked for this end: to it, and to the scheduler, it is a death.
      void this.#worker.stop('the fault drill ended its thread');
      throw new Error('The fault drill ended the thread.');
    }
    const startedAt = clock.now();
    const outcomes = await this.#worker.run(pictures);
    const tookMs = clock.now() - startedAt;
    await pause.for(Math.max(tookMs, pictures.length * serviceMs) * slowdown - tookMs);
    return outcomes;
  }

  /** What is delayed fails at once: the delay is not waited for. */
  stop(why: string): Promise<void> {
    this.#faults.pause.end();
    return this.#worker.stop(why);
  }
}

/** The injected delays of one worker, one at a time, and none after its end. */
class Pause {
  readonly #clock: Clock;
  #ended = false;
  #interrupt = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Rejects if the worker ends before the time is over. */
  async for(ms: number): Promise<void> {
    if (this.#ended) throw new Error('The worker has ended.');
    if (ms <= 0) return;
    await new Promise<void>((resolve, reject) => {
      const cancelTimer = this.#clock.at(this.#clock.now() + ms, resolve);
      this.#interrupt = () => {
        cancelTimer();
        reject(new Error('The worker ended in an injected delay.'));
      };
    });
  }

  end(): void {
    this.#ended = true;
    this.#interrupt();
  }
}
