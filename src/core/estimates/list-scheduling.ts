/**
 * When will a request start that has `ahead` requests before it in one queue, `freeAt` being the times at which each
 * worker can take its next one and `stepMs` what each request takes? Graham's list scheduling with equal services
 * ("Bounds on Multiprocessing Timing Anomalies", 1969). Whole rounds are skipped at once, so the cost depends on the
 * number of workers and not on the length of the queue.
 *
 * Returns an absolute time; `Infinity` without workers.
 */
export function startTime(freeAt: readonly number[], ahead: number, stepMs: number): number {
  if (freeAt.length === 0) return Number.POSITIVE_INFINITY;
  if (ahead <= 0) return smallest(freeAt);
  if (freeAt.length === 1) return (freeAt[0] as number) + ahead * Math.max(stepMs, SHORTEST_MS);
  return startTimes(freeAt, ahead, 1, stepMs)[0] as number;
}

/** The same for `count` requests in a row, of which the first has `ahead` before it. */
export function startTimes(freeAt: readonly number[], ahead: number, count: number, stepMs: number): readonly number[] {
  // Typed, because it sorts by number without a call for each comparison.
  const free = new Float64Array(freeAt);
  const step = Math.max(stepMs, SHORTEST_MS);
  let left = Math.max(0, ahead);
  for (let skipped = -1; skipped !== 0 && left > 0; left -= skipped) skipped = skipWholeRounds(free, left, step);
  return nextStarts(free, left, count, step);
}

/** Services that take no time would make endless rounds. */
const SHORTEST_MS = 0.001;

/**
 * Moves every worker as many services ahead as surely come before the last request's start; returns how many. Each
 * call skips at least a share of what is left, until less than two rounds are.
 */
function skipWholeRounds(free: Float64Array, ahead: number, step: number): number {
  // A level that the filled-up workers cannot have reached: at it they would have done fewer than `ahead` services.
  const rounds = Math.floor(ahead / free.length) - 1;
  if (rounds <= 0) return 0;
  const level = smallest(free) + rounds * step;
  let skipped = 0;
  for (let i = 0; i < free.length; i++) {
    const at = free[i] as number;
    const services = Math.max(0, Math.floor((level - at) / step));
    free[i] = at + services * step;
    skipped += services;
  }
  return skipped;
}

/** One start after the other, `ahead` of them left out: each frees its worker `step` later, so in order, too. */
function nextStarts(free: Float64Array, ahead: number, count: number, step: number): readonly number[] {
  free.sort();
  const starts: number[] = [];
  const workers = free.length;
  // Who all become free within one service take turns from then on.
  if ((free[workers - 1] as number) - (free[0] as number) <= step) {
    for (let i = ahead; i < ahead + count; i++) {
      starts.push((free[i % workers] as number) + Math.floor(i / workers) * step);
    }
    return starts;
  }
  let fresh = 0;
  let again = 0;
  while (starts.length < ahead + count) {
    const first = free[fresh] ?? Number.POSITIVE_INFINITY;
    const second = (starts[again] ?? Number.POSITIVE_INFINITY) + step;
    if (first <= second) fresh++;
    else again++;
    starts.push(Math.min(first, second));
  }
  return starts.slice(ahead);
}

/** `Math.min(...times)` would put them all on the stack. */
function smallest(times: ArrayLike<number>): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < times.length; i++) least = Math.min(least, times[i] as number);
  return least;
}
