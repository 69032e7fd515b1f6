import { describe, expect, it } from 'vitest';
import { outcome, warmPool } from '../look.ts';
import { VirtualPool } from '../virtual-pool.ts';

describe('admission', () => {
  it('refuses a deadline that cannot be met and says how much later it could be', () => {
    const pool = warmPool(1);
    pool.submit('p');
    pool.submit('q', 'a', 199);
    expect(outcome(pool, 'q')).toEqual({ code: 'DEADLINE_EXCEEDED', retryAfterMs: 1, at: 1_000 });
    expect(pool.job('q').error?.message).toBe(
      'The deadline of 199 ms cannot be met: expected wait 100 ms + service 100 ms.',
    );
  });

  it('admits a deadline that can just be met', () => {
    const pool = warmPool(1);
    pool.submit('p');
    pool.submit('q', 'a', 200);
    expect(outcome(pool, 'q')).toBe('open');
  });

  it('never refuses a request that finds an idle worker, so that the estimates stay honest', () => {
    const pool = warmPool(1, { queueLimit: 0 });
    pool.submit('p', 'a', 1);
    expect(pool.job('p').state).toBe('running');
  });

  it('expects workers in start-up to be warm after the cold start that was measured', () => {
    const pool = new VirtualPool();
    pool.submit('p', 'a', 399);
    pool.submit('q', 'a', 400);
    expect(outcome(pool, 'p')).toEqual({ code: 'DEADLINE_EXCEEDED', retryAfterMs: 1, at: 0 });
    expect(outcome(pool, 'q')).toBe('open');
  });

  it('counts the requests ahead even while there is no worker yet', () => {
    const pool = new VirtualPool({ maxWorkers: 1 });
    pool.submit('other', 'b');
    for (const id of ['p', 'q', 'r']) pool.submit(id, 'a', 599);
    expect(['p', 'q', 'r'].map((id) => outcome(pool, id))).toEqual([
      'open',
      'open',
      { code: 'DEADLINE_EXCEEDED', retryAfterMs: 1, at: 0 },
    ]);
  });

  it('refuses a request when the queue is full, all models together, and says when to come back', () => {
    const pool = warmPool(1, { queueLimit: 2, maxWorkers: 1 });
    pool.submit('p');
    pool.submit('q');
    pool.submit('r');
    pool.submit('s');
    expect(outcome(pool, 's')).toEqual({ code: 'OVERLOADED', retryAfterMs: 100, at: 1_000 });
    expect(pool.job('s').error?.message).toBe('The queue is full: 2 of 2 requests wait.');
  });

  it('has room again when a request leaves the queue', () => {
    const pool = warmPool(1, { queueLimit: 1, maxWorkers: 1 });
    pool.submit('p');
    pool.submit('q');
    pool.runTo(1_100).submit('r');
    expect(outcome(pool, 'r')).toBe('open');
  });

  it('lets a retry in though the queue is full', () => {
    const pool = warmPool(1, { queueLimit: 1, maxWorkers: 1 });
    pool.submit('p');
    pool.submit('q');
    pool.kill(1);
    expect(pool.runToRest().job('q').answeredBy).toBe(2);
    expect(pool.job('p').answeredBy).toBe(2);
  });
});
