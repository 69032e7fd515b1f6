/** How the pool of the gateway under test does in the course of a run, and what its scheduler makes of the whole. */
import { setTimeout as pause } from 'node:timers/promises';
import { figuresOf } from '../report/figures.ts';
import type { Figure } from '../report/run.ts';
import type { GatewayAddress } from './gateway-query.ts';
import { LoadTestError } from './load-test-error.ts';
import { lookAtPool, type PoolLook } from './pool-look.ts';

/** When in an interval the pool is asked, 0 to 1: the answer is to be there before the interval ends. */
const WHEN = 0.75;

export class PoolWatch {
  readonly #gateway: GatewayAddress;
  readonly #first: PoolLook;
  readonly #stopping = new AbortController();
  #last: PoolLook;
  #watching: Promise<void> = Promise.resolve();

  /** Takes the first look. Throws a LoadTestError if there is no such gateway, or if it refuses the token. */
  static async open(gateway: GatewayAddress): Promise<PoolWatch> {
    return new PoolWatch(gateway, await lookAtPool(gateway));
  }

  private constructor(gateway: GatewayAddress, first: PoolLook) {
    this.#gateway = gateway;
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
      this.#last = await lookAtPool(this.#gateway);
      return true;
    } catch (error) {
      if (!(error instanceof LoadTestError)) throw error;
      return false;
    }
  }
}
