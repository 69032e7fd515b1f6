/** How the pool of the gateway under test does in the course of a run, and what its scheduler makes of the whole. */
import { setTimeout as pause } from 'node:timers/promises';
import { RequestFailure } from '../../client/answer.ts';
import type { GatewayClient } from '../../client/gateway-client.ts';
import type { KindTime, PoolStats } from '../../client/schema.generated.ts';
import { type Account, figuresOf } from '../report/figures.ts';
import type { Gauges } from '../report/recorder.ts';
import type { Figure } from '../report/run.ts';

/** One look at the pool: all that the admin may know, or the summary that everybody may. */
interface PoolLook {
  readonly gauges: Omit<Gauges, 'inFlight'>;
  /** The scheduler's account of itself; null for everybody but the admin. */
  readonly account: Account | null;
}

const POOL_STATS = `{ poolStats {
  summary { reserved reservedBusy onDemand onDemandBusy queued }
  workers { state }
  counters {
    submitted metNoIdleWorker dispatched finished coldServed spilled rejected expired cancelled failed retried
    workersStarted workersStopped workersDied uselessSpawns
  }
  workerTime { reserved { startingMs idleMs busyMs } onDemand { startingMs idleMs busyMs } }
  saturatedMs
  waitError { p50Ms p95Ms }
  memoryBytes
} }`;

/** When in an interval the pool is asked, 0 to 1: the answer is to be there before the interval ends. */
const WHEN = 0.75;

export class PoolWatch {
  readonly #look: () => Promise<PoolLook>;
  readonly #first: PoolLook;
  readonly #stopping = new AbortController();
  #last: PoolLook;
  #watching: Promise<void> = Promise.resolve();

  /** Takes the first look, and rejects if that fails. */
  static async open(look: () => Promise<PoolLook>): Promise<PoolWatch> {
    return new PoolWatch(look, await look());
  }

  private constructor(look: () => Promise<PoolLook>, first: PoolLook) {
    this.#look = look;
    this.#first = first;
    this.#last = first;
  }

  /** As they were at the last look; cold starts since the first one. */
  get gauges(): PoolLook['gauges'] {
    const { gauges } = this.#last;
    return { ...gauges, coldStarts: gauges.coldStarts - this.#first.gauges.coldStarts };
  }

  /** Looks once per interval from now on. */
  start(intervalMs: number): void {
    this.#watching = this.#watch(performance.now(), intervalMs);
  }

  /**
   * Looks for the last time. Resolves to the scheduler's account since the first look; there is none
   * without the token, nor from a gateway that does not answer now: that of an older look is not of the whole run.
   */
  async stop(): Promise<readonly Figure[]> {
    this.#stopping.abort();
    await this.#watching;
    if (!(await this.#lookAgain())) return [];
    const [before, after] = [this.#first.account, this.#last.account];
    return before && after ? figuresOf(before, after) : [];
  }

  async #watch(startedAt: number, intervalMs: number): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const passed = performance.now() - startedAt;
      const next = (Math.floor(passed / intervalMs + 1 - WHEN) + WHEN) * intervalMs;
      await pause(next - passed, undefined, { signal }).catch(() => {});
      if (!signal.aborted) await this.#lookAgain();
    }
  }

  /** False if the gateway does not answer now: it is known by its last answer. */
  async #lookAgain(): Promise<boolean> {
    try {
      this.#last = await this.#look();
      return true;
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error;
      return false;
    }
  }
}

/** The summary counts warm workers alone, and no starts. */
export async function lookAsAnybody(client: GatewayClient): Promise<PoolLook> {
  const summary = await client.pool();
  return { gauges: { ...summary, starting: 0, coldStarts: Number.NaN, memoryBytes: null }, account: null };
}

export async function lookAsAdmin(client: GatewayClient): Promise<PoolLook> {
  const { poolStats } = await client.query<{ poolStats: PoolStats }>(POOL_STATS);
  const { summary, workers, counters, workerTime, memoryBytes } = poolStats;
  const starting = workers.filter(({ state }) => state === 'STARTING').length;
  const times = { reserved: timeOf(workerTime.reserved), 'on-demand': timeOf(workerTime.onDemand) };
  return {
    gauges: { ...summary, starting, coldStarts: counters.workersStarted, memoryBytes },
    account: { ...poolStats, workerTime: times },
  };
}

function timeOf({ startingMs, idleMs, busyMs }: KindTime) {
  return { starting: startingMs, idle: idleMs, busy: busyMs };
}
