/** What is done about pictures that may be why a gateway died: no gateway is to die of the same one again and again. */
import type { ItemOutcome } from './types.ts';

/** An item that was running each time when so many gateways died is taken for the cause. */
const MOST_DEATHS = 5;
/** From so many on it is a suspect. */
const SUSPECT_DEATHS = 2;

/** Whether it is to run alone in its gateway: if it is the cause, it takes no other item with it. */
export function isSuspect(deaths: number): boolean {
  return deaths >= SUSPECT_DEATHS;
}

/** Null if the item may be tried again. */
export function outcomeAfter(deaths: number): ItemOutcome | null {
  if (deaths < MOST_DEATHS) return null;
  const message = `The picture was given up: its gateway died or fell silent ${deaths} times while it was being classified.`;
  return { ok: false, code: 'WORKER_FAILED', message };
}
