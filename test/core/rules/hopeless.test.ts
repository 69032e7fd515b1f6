import { describe, expect, it } from 'vitest';
import { outcome, startsOf, warmPool } from '../look.ts';
import { VirtualPool } from '../virtual-pool.ts';

/** Starts that die at once, so many times; then they succeed in 300 ms. */
function failing(times: number) {
  let left = times;
  return { start: () => (left-- > 0 ? { ms: 0, dies: true } : { ms: 300 }) };
}

describe('workers that die while they start', () => {
  it('are started again after 0, 100, 200, 400 ms …', () => {
    const pool = new VirtualPool({}, failing(5));
    pool.provision(1);
    pool.runToRest();
    expect(startsOf(pool).map(({ at }) => at)).toEqual([0, 100, 300, 700, 1_500, 3_100]);
  });

  it('are started again every 30 s at the latest', () => {
    const pool = new VirtualPool({}, failing(20));
    pool.provision(1);
    pool.runToRest();
    const times = startsOf(pool).map(({ at }) => at);
    expect((times.at(-1) ?? 0) - (times.at(-2) ?? 0)).toBe(30_000);
  });

  it('make no request wait from the third failure on: it is told when to come back', () => {
    const pool = new VirtualPool({}, failing(5));
    pool.submit('p');
    pool.runTo(299);
    expect(outcome(pool, 'p')).toBe('open');
    pool.runTo(300);
    expect(outcome(pool, 'p')).toEqual({ code: 'WORKER_FAILED', retryAfterMs: 400, at: 300 });
    expect(pool.job('p').error?.message).toBe('a cannot start: 3 attempts failed in a row.');
    pool.runTo(450).submit('q');
    expect(outcome(pool, 'q')).toEqual({ code: 'WORKER_FAILED', retryAfterMs: 250, at: 450 });
  });

  it('are forgotten once a start succeeds', () => {
    const starts = [true, true, true, false, true, false].map((dies) => ({ ms: dies ? 0 : 300, dies }));
    const pool = new VirtualPool({}, { start: () => starts.shift() ?? { ms: 300 } });
    pool.provision(1);
    pool.runTo(2_000).kill(4);
    pool.submit('p');
    pool.runToRest();
    expect(startsOf(pool).map(({ at }) => at)).toEqual([0, 100, 300, 700, 2_000, 2_100]);
    expect(outcome(pool, 'p')).toEqual({ worker: 6, at: 2_500 });
  });

  it('do not hold up the next start once another has succeeded meanwhile', () => {
    const starts = [{ ms: 10 }, { ms: 5, dies: true }];
    const pool = new VirtualPool({}, { start: () => starts.shift() ?? { ms: 300 } });
    pool.provision(2);
    pool.runTo(20);
    expect(startsOf(pool).map(({ at }) => at)).toEqual([0, 0, 10]);
  });

  it('do not stop the warm ones from serving', () => {
    const starts = [{ ms: 10 }];
    const pool = new VirtualPool({}, { start: () => starts.shift() ?? { ms: 0, dies: true } });
    pool.provision(2);
    pool.runTo(1_000).submit('p');
    pool.runTo(1_100);
    expect(outcome(pool, 'p')).toEqual({ worker: 1, at: 1_100 });
  });
});

describe('a model that can get no place', () => {
  it('has its requests refused when all workers are reserved for others', () => {
    const pool = warmPool(2, { maxWorkers: 2 });
    pool.submit('p', 'b');
    expect(outcome(pool, 'p')).toEqual({ code: 'OVERLOADED', retryAfterMs: undefined, at: 1_000 });
    expect(pool.job('p').error?.message).toBe(
      'b has no reserved worker, and all 2 workers are reserved for other models.',
    );
  });

  it('is served by the worker it still has after its floor was given away', () => {
    const pool = warmPool(1, { maxWorkers: 1 });
    pool.submit('p');
    pool.submit('q');
    pool.provision(0, 'a');
    pool.provision(1, 'b');
    pool.runToRest();
    expect(outcome(pool, 'p')).toEqual({ worker: 1, at: 1_100 });
    expect(outcome(pool, 'q')).toMatchObject({ code: 'OVERLOADED', at: 1_110 });
  });
});
