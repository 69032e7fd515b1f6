/** What the scheduler promises under sustained overload, it keeps: deadlines of the admitted, places of the refused. */
import { describe, expect, it } from 'vitest';
import { exponential, type Random } from '../../../src/lab/workload/random.ts';
import { OverloadedPool } from './overload.ts';

const SPREADS = {
  constant: () => 1,
  uniform: (random: Random) => 0.5 + random(),
  exponential: (random: Random) => exponential(random, 1),
};
const LOADS = Object.entries(SPREADS).flatMap(([name, spread]) =>
  [[500], [500, 200]].map((deadlinesMs) => ({ name, deadlines: deadlinesMs.join(' and '), spread, deadlinesMs })),
);
const HALF_AS_MUCH_AGAIN = { load: 1.5, seed: 1 } as const;

describe.each(LOADS)('at 1.5 times what the pool can do, $name service, deadlines of $deadlines ms', (one) => {
  it('95 % of the admitted have their answer in time', () => {
    const pool = new OverloadedPool({ ...HALF_AS_MUCH_AGAIN, ...one, comeBack: 0 });
    expect(pool.inTime / pool.admitted).toBeGreaterThan(0.95);
    expect(pool.goodput).toBeGreaterThan(0.9);
  });

  it.each([0.5, 1])(
    'so it is if %d of the refused come back at their time, and four of five of them are admitted',
    (comeBack) => {
      const pool = new OverloadedPool({ ...HALF_AS_MUCH_AGAIN, ...one, comeBack });
      expect(pool.inTime / pool.admitted).toBeGreaterThan(0.95);
      expect(pool.goodput).toBeGreaterThan(0.9);
      expect(pool.back).toBeGreaterThan(500);
      expect(pool.backAdmitted / pool.back).toBeGreaterThan(0.8);
    },
  );
});

describe('places that nobody claims', () => {
  it.each(Object.entries(SPREADS))('cost nothing in the long run: the workers work on, %s service', (_, spread) => {
    const deadlinesMs = [500];
    const pool = new OverloadedPool({ ...HALF_AS_MUCH_AGAIN, spread, deadlinesMs, comeBack: 0 });
    expect(pool.admitted / pool.clients).toBeGreaterThan(0.95 / 1.5);
  });
});

describe('the token', () => {
  const constant = { ...HALF_AS_MUCH_AGAIN, spread: SPREADS.constant, deadlinesMs: [500], comeBack: 1 };

  it('is what the place hangs on: without it, half of those who come back are refused again', () => {
    const { back, backAdmitted } = new OverloadedPool({ ...constant, withToken: false });
    expect(backAdmitted / back).toBeLessThan(0.7);
  });

  it('keeps a place in a line that is no longer than it may be', () => {
    const longest = (promiseLimit: number) =>
      Math.max(...new OverloadedPool({ ...constant, promiseLimit }).retryAfterMs);
    // 20 places of 12.5 ms each, and up to a tenth more.
    expect(longest(20)).toBeLessThan(20 * 12.5 * 1.1 + 50);
    expect(longest(10_000)).toBeGreaterThan(10_000);
  });
});

it('without overload everybody is admitted, and answered in time', () => {
  const pool = new OverloadedPool({ load: 0.6, seed: 1, spread: SPREADS.uniform, deadlinesMs: [500], comeBack: 1 });
  expect(pool.inTime).toBe(pool.clients);
});
