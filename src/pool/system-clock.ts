import type { Clock } from '../core/contracts/ports.ts';

/** The longest delay that Node's timers accept, in ms. */
const LONGEST_DELAY = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => performance.now(),
  at(at, callback) {
    const delay = Math.min(LONGEST_DELAY, Math.max(0, Math.ceil(at - performance.now())));
    const timer = setTimeout(callback, delay);
    return () => clearTimeout(timer);
  },
};
