import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Promises } from '../../../src/core/state/promises.ts';

/** Longer than any place is kept for its client. */
const LONG_MS = 60_000;

describe('the line of refused clients', () => {
  it('gives a place to the client that comes back at its time, once', () => {
    const promises = new Promises(10);
    expect(promises.promise('p', 1_000)).toBe(true);
    expect([promises.at('p'), promises.isDue('p', 1_000)]).toEqual([1_000, true]);
    promises.claim('p', 1_000);
    expect([promises.at('p'), promises.isDue('p', 1_000)]).toEqual([undefined, false]);
    expect(promises.isDue('unheard-of', 1_000)).toBe(false);
  });

  it('keeps the place of a client that comes too early', () => {
    const promises = new Promises(10);
    promises.promise('p', LONG_MS);
    expect([promises.isDue('p', 100), promises.at('p')]).toEqual([false, LONG_MS]);
    expect(promises.isDue('p', LONG_MS)).toBe(true);
  });

  it('needs no place for a client that is let in before its time', () => {
    const promises = new Promises(10);
    promises.promise('p', LONG_MS);
    promises.claim('p', 100);
    expect(promises.at('p')).toBeUndefined();
    for (let i = 0; i < 10; i++) promises.promise(`q${i}`, LONG_MS);
    // Nothing was learned of whether clients come back when they are told to.
    expect(promises.expected).toBe(5);
  });

  it('gives up the place of a client that does not come, but not at once', () => {
    const promises = new Promises(10);
    promises.promise('p', 1_000);
    promises.expire(1_100);
    expect(promises.at('p')).toBe(1_000);
    promises.expire(LONG_MS);
    expect([promises.at('p'), promises.isDue('p', LONG_MS)]).toEqual([undefined, false]);
  });

  it('is as long as it may be, and no longer', () => {
    const promises = new Promises(3);
    const promised = ['p', 'q', 'r', 's'].map((token, i) => promises.promise(token, 1_000 + i));
    expect(promised).toEqual([true, true, true, false]);
    promises.claim('q', 1_001);
    expect(promises.promise('t', 2_000)).toBe(true);
    expect(promises.promise('u', 2_000)).toBe(false);
    expect(new Promises(0).promise('p', 1)).toBe(false);
  });

  it('expects half of the clients back until some came back or did not', () => {
    const promises = new Promises(100);
    for (let i = 0; i < 50; i++) promises.promise(`p${i}`, i);
    expect([promises.expected, promises.expectedBy(1_000), promises.expectedBy(19)]).toEqual([25, 25, 10]);
  });

  it('learns a twentieth of the difference from each client', () => {
    const share = (learn: (promises: Promises) => void) => {
      const promises = new Promises(101);
      promises.promise('one', 0);
      learn(promises);
      for (let i = 0; i < 100; i++) promises.promise(`p${i}`, LONG_MS);
      return promises.expected / 100;
    };
    expect(share((promises) => promises.claim('one', 0))).toBeCloseTo(0.525, 9);
    expect(share((promises) => promises.expire(LONG_MS))).toBeCloseTo(0.475, 9);
  });

  it('expects those back whose time it is by then, as many of them as have come back of late', () => {
    const promises = new Promises(1_000);
    const past = (share: number) => {
      for (let i = 0; i < 200; i++) {
        promises.promise(`past ${i}`, 0);
        if (i % 4 < 4 * share) promises.claim(`past ${i}`, 0);
        else promises.expire(LONG_MS);
      }
    };
    past(1);
    for (let i = 1; i <= 100; i++) promises.promise(`p${i}`, LONG_MS + i * 1_000);
    expect(promises.expectedBy(LONG_MS + 40_500)).toBe(40);
    expect(promises.expectedBy(LONG_MS)).toBe(0);
    past(0.5);
    const expected = promises.expectedBy(LONG_MS + 100_000);
    expect(expected).toBeGreaterThan(35);
    expect(expected).toBeLessThan(65);
    past(0);
    expect(promises.expectedBy(LONG_MS + 100_000)).toBe(0);
  });

  it('never holds more than its limit, nor a place twice, whatever clients do', () => {
    const step = fc.tuple(
      fc.constantFrom('promise' as const, 'claim' as const, 'drop' as const, 'expire' as const),
      fc.nat(20),
    );
    const property = fc.property(fc.array(step, { maxLength: 100, size: 'max' }), fc.nat(6), (steps, most) => {
      const promises = new Promises(most);
      const tokens = Array.from({ length: 21 }, (_, i) => `p${i}`);
      const held = () => tokens.filter((token) => promises.at(token) !== undefined).length;
      for (const [i, [type, n]] of steps.entries()) {
        const now = i * 300;
        const token = `p${n}`;
        if (type === 'promise' && promises.at(token) === undefined) promises.promise(token, now + n * 200);
        else if (type === 'claim') promises.claim(token, now);
        else if (type === 'drop') promises.drop(token);
        else promises.expire(now);
        expect(held()).toBeLessThanOrEqual(most);
        expect(promises.expectedBy(Number.MAX_VALUE)).toBeLessThanOrEqual(held());
      }
    });
    fc.assert(property);
  });
});
