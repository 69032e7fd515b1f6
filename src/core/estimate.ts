/** The wait model: how long things take (learned) and how long a request will wait (computed from that). */

/** An exponentially weighted moving average that starts from an assumption and forgets it at the first measurement. */
export class Estimate {
  #value: number;
  #measured = false;
  readonly #weight: number;

  constructor(assumed: number, weight = 0.2) {
    this.#value = assumed;
    this.#weight = weight;
  }

  get value(): number {
    return this.#value;
  }

  add(sample: number): void {
    this.#value = this.#measured ? this.#value + this.#weight * (sample - this.#value) : sample;
    this.#measured = true;
  }
}

/**
 * When will a request start that has `ahead` requests before it in one queue, `freeAt` being the times at which each
 * worker can take its next one and `serviceMs` what each request takes? List scheduling, but the whole rounds are
 * skipped at once, so the cost depends on the number of workers and not on the length of the queue.
 *
 * Returns an absolute time; `Infinity` without workers.
 */
export function startTime(freeAt: readonly number[], ahead: number, serviceMs: number): number {
  if (freeAt.length === 0) return Number.POSITIVE_INFINITY;
  const free = [...freeAt];
  const step = Math.max(serviceMs, 0.001);
  let left = ahead;
  for (let skipped = -1; skipped !== 0; left -= skipped) skipped = skipWholeRounds(free, left, step);
  for (let i = 0; i < left; i++) {
    const next = earliest(free);
    free[next] = (free[next] as number) + step;
  }
  return free[earliest(free)] as number;
}

/**
 * Moves every worker as many services ahead as surely come before the last request's start; returns how many. Each
 * call skips at least a share of what is left, until less than two rounds are.
 */
function skipWholeRounds(free: number[], ahead: number, step: number): number {
  // A level that the filled-up workers cannot have reached: at it they would have done fewer than `ahead` services.
  const first = Math.min(...free);
  const level = first + (Math.floor(ahead / free.length) - 1) * step;
  let skipped = 0;
  for (let i = 0; i < free.length; i++) {
    const at = free[i] as number;
    const services = Math.max(0, Math.floor((level - at) / step));
    free[i] = at + services * step;
    skipped += services;
  }
  return skipped;
}

function earliest(times: readonly number[]): number {
  let best = 0;
  for (let i = 1; i < times.length; i++) if ((times[i] as number) < (times[best] as number)) best = i;
  return best;
}
