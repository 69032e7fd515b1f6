/** What to do about workers that die while they start: wait longer each time, then stop making requests wait for them. */

const FIRST_MS = 100;
const LONGEST_MS = 30_000;
/** From so many failed starts in a row on, requests that only a new worker could serve are refused at once. */
const BREAKER_FAILURES = 3;

/** Pause before the next start after `failures` failed ones in a row, in ms: 0, 100, 200, 400 … 30,000. */
export function startBackoffMs(failures: number): number {
  return failures === 0 ? 0 : Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
}

export function breakerOpen(failures: number): boolean {
  return failures >= BREAKER_FAILURES;
}
