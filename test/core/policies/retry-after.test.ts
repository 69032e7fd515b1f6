import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryAfterMs } from '../../../src/core/policies/retry-after.ts';
import { warmPool } from '../look.ts';
import { VirtualPool } from '../virtual-pool.ts';

describe('what a refused client is told', () => {
  it('is when there is room', () => {
    expect(retryAfterMs(250, 100, 0)).toBe(250);
  });

  it('is spread over the time in which those are served who wait', () => {
    expect(retryAfterMs(1_000, 400, 0.5)).toBe(1_200);
    expect(retryAfterMs(1_000, 400, 0.999)).toBe(1_400);
  });

  it('is whole milliseconds, from 1 to a minute, and never sooner if there is room later', () => {
    const double = (max: number) => fc.double({ min: 0, max, noNaN: true });
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    const property = fc.property(
      double(1e6),
      double(1e5),
      random,
      double(1e5),
      (untilRoomMs, queueMs, random, more) => {
        const ms = retryAfterMs(untilRoomMs, queueMs, random);
        expect(Number.isInteger(ms) && ms >= 1 && ms <= 60_000).toBe(true);
        expect(retryAfterMs(untilRoomMs + more, queueMs, random)).toBeGreaterThanOrEqual(ms);
      },
    );
    fc.assert(property);
  });

  it('is spread by the chance that the pool is given', () => {
    const pool = warmPool(1, { queueLimit: 0, maxWorkers: 1, random: () => 0.5 });
    for (const id of ['p', 'q']) pool.submit(id);
    expect(pool.job('q').error?.retryAfterMs).toBe(150);
  });

  it('does not depend on how many were refused before, of its model or of another', () => {
    const pool = warmPool(1, { queueLimit: 0, maxWorkers: 2 });
    pool.provision(1, 'b');
    pool.runTo(2_000);
    for (let i = 0; i < 9; i++) pool.submit(`a${i}`);
    for (const id of ['b0', 'b1']) pool.submit(id, 'b');
    expect(['a1', 'a8', 'b1'].map((id) => pool.job(id).error?.retryAfterMs)).toEqual([100, 100, 100]);
  });

  it('is when its deadline could be met; nothing, when not even an idle pool could meet it', () => {
    const pool = warmPool(1, { maxWorkers: 1 });
    pool.submit('p');
    pool.submit('q', 'a', 150);
    pool.submit('hopeless', 'a', 90);
    expect(pool.job('q').error?.retryAfterMs).toBe(50);
    expect(pool.job('hopeless').error?.retryAfterMs).toBeUndefined();
    pool.runTo(1_051).submit('again', 'a', 150);
    expect(pool.runToRest().job('again').answeredBy).toBe(1);
  });

  it.each([
    [59_000, 59_000],
    [90_000, 60_000],
  ])('is %d ms of a start at the most for a minute: %d ms', (coldStartMs, afterMs) => {
    const pool = new VirtualPool({ queueLimit: 0, assumed: { serviceMs: 100, coldStartMs } });
    for (const id of ['p', 'q']) pool.submit(id);
    expect(pool.job('q').error?.retryAfterMs).toBe(afterMs);
  });
});
