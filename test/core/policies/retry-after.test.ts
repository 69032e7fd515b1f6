import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeInLine, retryAfterMs } from '../../../src/core/policies/retry-after.ts';
import { warmPool } from '../look.ts';

describe('the place in the line of refused clients', () => {
  it('is when there is room, if nobody was refused before', () => {
    expect(placeInLine({ now: 1_000, untilRoomMs: 250, promisedUntil: 0, stepMs: 100 })).toBe(1_250);
  });

  it('is one service after that of the client refused before', () => {
    expect(placeInLine({ now: 1_000, untilRoomMs: 250, promisedUntil: 1_250, stepMs: 100 })).toBe(1_350);
  });

  it('moves on as fast as the pool serves: so many clients are told so many different times', () => {
    const stepMs = fc.double({ min: 0.1, max: 1_000, noNaN: true });
    const property = fc.property(
      fc.nat(1_000),
      stepMs,
      fc.integer({ min: 1, max: 50 }),
      (untilRoomMs, stepMs, clients) => {
        let promisedUntil = 0;
        const places: number[] = [];
        for (let i = 0; i < clients; i++) {
          promisedUntil = placeInLine({ now: 5_000, untilRoomMs, promisedUntil, stepMs });
          places.push(promisedUntil);
        }
        for (const [i, place] of places.entries()) expect(place).toBeCloseTo(5_000 + untilRoomMs + i * stepMs, 5);
      },
    );
    fc.assert(property);
  });
});

describe('what a refused client is told', () => {
  it('is whole milliseconds, at least 1, spread over a tenth more than the time until its place', () => {
    expect([retryAfterMs(1_000, 2_000, 0), retryAfterMs(1_000, 2_000, 0.5)]).toEqual([1_000, 1_050]);
    expect(retryAfterMs(1_000, 2_000, 0.999)).toBe(1_100);
    expect(retryAfterMs(1_000, 1_000, 0.7)).toBe(1);
    expect(retryAfterMs(1_000, 1_000.2, 0)).toBe(1);
  });

  it('is different for each of those that are refused together', () => {
    const pool = warmPool(1, { queueLimit: 2, maxWorkers: 1 });
    for (let i = 0; i < 8; i++) pool.submit(`r${i}`);
    const told = [...pool.jobs.values()].flatMap(({ error }) => (error ? [error.retryAfterMs] : []));
    expect(told).toEqual([100, 200, 300, 400, 500]);
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
    for (const id of ['p', 'q', 'r']) pool.submit(id);
    for (const id of ['s', 't']) pool.submit(id, 'b');
    expect(['q', 'r', 't'].map((id) => pool.job(id).error?.retryAfterMs)).toEqual([100, 200, 100]);
  });
});

describe('a refused client', () => {
  it('that comes back at its time with its token is let in before those without one', () => {
    const pool = warmPool(1, { queueLimit: 1, maxWorkers: 1 });
    for (const id of ['p', 'q', 'r']) pool.submit(id);
    const { retryAfterMs = 0, retryToken = null } = pool.job('r').error ?? {};
    pool.runTo(1_000 + retryAfterMs).submit('again', 'a', undefined, 'interactive', retryToken);
    expect(pool.runToRest().job('again').answeredBy).toBe(1);
  });

  it.each([100, 4_000])(
    'that comes too early is told its old time, and keeps its token (%d ms a service)',
    (serviceMs) => {
      const assumed = { serviceMs, coldStartMs: 300 };
      const pool = warmPool(1, { queueLimit: 1, maxWorkers: 1, assumed }, { serve: () => ({ ms: serviceMs }) });
      for (const id of ['p', 'q', 'r', 's']) pool.submit(id);
      const { retryAfterMs = 0, retryToken = null } = pool.job('s').error ?? {};
      for (const [i, at] of [1_010, 1_050].entries()) {
        pool.runTo(at).submit(`early ${i}`, 'a', undefined, 'interactive', retryToken);
        const again = pool.job(`early ${i}`).error;
        expect([again?.retryToken, again?.retryAfterMs]).toEqual([retryToken, 1_000 + retryAfterMs - at]);
      }
      pool.runTo(1_000 + retryAfterMs).submit('in time', 'a', undefined, 'interactive', retryToken);
      expect(pool.runToRest().job('in time').answeredBy).toBe(1);
    },
  );

  it('gets no token when the line is full, but a time', () => {
    const pool = warmPool(1, { queueLimit: 0, maxWorkers: 1, promiseLimit: 2 });
    for (const id of ['p', 'q', 'r', 's', 't']) pool.submit(id);
    const told = ['q', 'r', 's', 't'].map((id) => pool.job(id).error);
    expect(told.map((error) => error?.retryToken)).toEqual(['q', 'r', undefined, undefined]);
    // The line does not grow by those that have no place in it.
    expect(told.map((error) => error?.retryAfterMs)).toEqual([100, 200, 300, 300]);
  });

  it('gets nothing for a token that nobody was given', () => {
    const pool = warmPool(1, { queueLimit: 1, maxWorkers: 1 });
    for (const id of ['p', 'q']) pool.submit(id);
    pool.submit('liar', 'a', undefined, 'interactive', 'made-up');
    expect(pool.job('liar').error?.code).toBe('OVERLOADED');
  });
});
