/** What the scheduler promises under sustained overload, it keeps: deadlines of the admitted, a fair second chance of the refused. */
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

  it.each([0.5, 1])('so it is if %d of the refused come back at their time', (comeBack) => {
    const pool = new OverloadedPool({ ...HALF_AS_MUCH_AGAIN, ...one, comeBack });
    expect(pool.inTime / pool.admitted).toBeGreaterThan(0.95);
    expect(pool.goodput).toBeGreaterThan(0.9);
    expect(pool.back).toBeGreaterThan(500);
  });
});

it.each(Object.entries(SPREADS))(
  'those who come back are admitted as often as those who come first, but for 5 in 100, %s service',
  (_, spread) => {
    const pools = [1, 2, 3, 4].map(
      (seed) => new OverloadedPool({ load: 1.5, seed, spread, deadlinesMs: [500], comeBack: 1 }),
    );
    const sum = (of: (pool: OverloadedPool) => number) => pools.reduce((total, pool) => total + of(pool), 0);
    const back = sum((pool) => pool.backAdmitted) / sum((pool) => pool.back);
    const first = sum((pool) => pool.admitted - pool.backAdmitted) / sum((pool) => pool.clients - pool.back);
    expect(back).toBeGreaterThan(first - 0.05);
  },
);

it.each(Object.entries(SPREADS))(
  'those who do not come back cost nothing: the workers work on, %s service',
  (_, spread) => {
    const pool = new OverloadedPool({ ...HALF_AS_MUCH_AGAIN, spread, deadlinesMs: [500], comeBack: 0 });
    expect(pool.admitted / pool.clients).toBeGreaterThan(0.95 / 1.5);
  },
);

it('without overload everybody is admitted, and answered in time', () => {
  const pool = new OverloadedPool({ load: 0.6, seed: 1, spread: SPREADS.uniform, deadlinesMs: [500], comeBack: 1 });
  expect(pool.inTime).toBe(pool.clients);
});
