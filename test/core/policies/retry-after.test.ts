import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryAfterMs } from '../../../src/core/policies/retry-after.ts';
import { warmPool } from '../look.ts';
import { VirtualPool } from '../virtual-pool.ts';

describe('what a refused client is told', () => {
  const view = { untilRoomMs: 250, before: 0, stepMs: 100, random: 0 };

  it('is when there is room, if nobody was refused before', () => {
    expect(retryAfterMs(view)).toBe(250);
  });

  it('is after those that were refused before and will come back, one service each', () => {
    expect([1, 2.5, 4].map((before) => retryAfterMs({ ...view, before }))).toEqual([250, 250, 400]);
  });

  it('is spread over a tenth more', () => {
    expect(retryAfterMs({ ...view, untilRoomMs: 1_000, random: 0.5 })).toBe(1_050);
    expect(retryAfterMs({ ...view, untilRoomMs: 1_000, random: 0.999 })).toBe(1_100);
  });

  it('is whole milliseconds, from 1 to a minute, and never sooner for a longer line', () => {
    const double = (max: number) => fc.double({ min: 0, max, noNaN: true });
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    const views = fc.record({ untilRoomMs: double(1e6), before: double(1e5), stepMs: double(1e4), random });
    const property = fc.property(views, double(100), (view, more) => {
      const ms = retryAfterMs(view);
      expect(Number.isInteger(ms) && ms >= 1 && ms <= 60_000).toBe(true);
      expect(retryAfterMs({ ...view, before: view.before + more })).toBeGreaterThanOrEqual(ms);
    });
    fc.assert(property);
  });

  it('grows with the number of those that are refused together, about half of whom are expected back', () => {
    const pool = warmPool(1, { queueLimit: 2, maxWorkers: 1 });
    for (let i = 0; i < 11; i++) pool.submit(`r${i}`);
    const told = [...pool.jobs.values()].flatMap(({ error }) => (error?.retryAfterMs ? [error.retryAfterMs] : []));
    expect(told).toEqual([100, 100, 100, 150, 200, 250, 300, 350]);
  });

  it('is spread by the chance that the pool is given', () => {
    const pool = warmPool(1, { queueLimit: 0, maxWorkers: 1, random: () => 0.5 });
    for (const id of ['p', 'q']) pool.submit(id);
    expect(pool.job('q').error?.retryAfterMs).toBe(105);
  });

  it('holds for its model alone', () => {
    const pool = warmPool(1, { queueLimit: 0, maxWorkers: 2 });
    pool.provision(1, 'b');
    pool.runTo(2_000);
    for (let i = 0; i < 9; i++) pool.submit(`a${i}`);
    for (const id of ['b0', 'b1']) pool.submit(id, 'b');
    expect(pool.job('a8').error?.retryAfterMs).toBeGreaterThan(200);
    expect(pool.job('b1').error?.retryAfterMs).toBe(100);
  });
});

describe('a refused client', () => {
  it('that comes back at its time with its token is let in before those without one', () => {
    const pool = warmPool(1, { queueLimit: 1, maxWorkers: 1 });
    for (const id of ['p', 'q', 'r']) pool.submit(id);
    const { retryAfterMs = 0, retryToken = null } = pool.job('r').error ?? {};
    pool.runTo(1_000 + retryAfterMs).submit('stranger');
    expect(pool.job('stranger').error?.message).toBe('The queue is full: 1 of 1 requests wait or have a place.');
    pool.submit('again', 'a', undefined, 'interactive', retryToken);
    expect(pool.runToRest().job('again').answeredBy).toBe(1);
  });

  it('that comes a little early has its place already', () => {
    const pool = warmPool(1, { queueLimit: 1, maxWorkers: 1 });
    for (const id of ['p', 'q', 'r']) pool.submit(id);
    pool.runTo(1_010).submit('early', 'a', undefined, 'interactive', pool.job('r').error?.retryToken ?? null);
    expect(pool.runToRest().job('early').answeredBy).toBe(1);
  });

  it('that comes much too early is told its old time, and keeps its token', () => {
    const assumed = { serviceMs: 4_000, coldStartMs: 300 };
    const pool = warmPool(1, { queueLimit: 1, maxWorkers: 1, assumed }, { serve: () => ({ ms: 4_000 }) });
    for (const id of ['p', 'q', 'r']) pool.submit(id);
    const { retryAfterMs = 0, retryToken = null } = pool.job('r').error ?? {};
    for (const [i, at] of [1_010, 1_500].entries()) {
      pool.runTo(at).submit(`early ${i}`, 'a', undefined, 'interactive', retryToken);
      const again = pool.job(`early ${i}`).error;
      expect([again?.retryToken, again?.retryAfterMs]).toEqual([retryToken, 1_000 + retryAfterMs - at]);
    }
    pool.runTo(1_000 + retryAfterMs).submit('in time', 'a', undefined, 'interactive', retryToken);
    expect(pool.runToRest().job('in time').answeredBy).toBe(1);
  });

  it.each([
    ['its old token when its deadline cannot be met yet', 150, 'q', 40],
    ['neither a token nor a time when not even an idle pool could meet its deadline', 90, undefined, undefined],
  ])('that comes a little early gets %s, and still has its place', (_, deadlineMs, token, afterMs) => {
    const pool = warmPool(1, { maxWorkers: 1 });
    pool.submit('p');
    pool.submit('q', 'a', 150);
    expect(pool.job('q').error).toMatchObject({ retryToken: 'q', retryAfterMs: 50 });
    pool.runTo(1_010).submit('early', 'a', deadlineMs, 'interactive', 'q');
    const { retryToken, retryAfterMs } = pool.job('early').error ?? {};
    expect([retryToken, retryAfterMs]).toEqual([token, afterMs]);
    pool.runTo(1_060).submit('again', 'a', 150, 'interactive', 'q');
    expect(pool.runToRest().job('again').answeredBy).toBe(1);
  });

  it.each([
    [59_000, 59_000, 'q'],
    [60_000, 60_000, undefined],
    [90_000, 60_000, undefined],
  ])('that has to wait for a start of %d ms is told %d ms; its token is %s', (coldStartMs, afterMs, token) => {
    const pool = new VirtualPool({ queueLimit: 0, assumed: { serviceMs: 100, coldStartMs } });
    for (const id of ['p', 'q']) pool.submit(id);
    expect([pool.job('q').error?.retryAfterMs, pool.job('q').error?.retryToken]).toEqual([afterMs, token]);
  });

  it('gets no token when the line is full, but a time', () => {
    const pool = warmPool(1, { queueLimit: 0, maxWorkers: 1, promiseLimit: 2 });
    for (const id of ['p', 'q', 'r', 's', 't']) pool.submit(id);
    const told = ['q', 'r', 's', 't'].map((id) => pool.job(id).error);
    expect(told.map((error) => error?.retryToken)).toEqual(['q', 'r', undefined, undefined]);
    // The line does not grow by those that have no place in it.
    expect(told.map((error) => error?.retryAfterMs)).toEqual([100, 100, 100, 100]);
  });

  it('gets nothing for a token that nobody was given', () => {
    const pool = warmPool(1, { queueLimit: 1, maxWorkers: 1 });
    for (const id of ['p', 'q']) pool.submit(id);
    pool.submit('liar', 'a', undefined, 'interactive', 'made-up');
    expect(pool.job('liar').error?.code).toBe('OVERLOADED');
  });
});
