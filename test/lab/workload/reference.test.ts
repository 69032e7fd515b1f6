import { describe, expect, it } from 'vitest';
import { reference } from '../../../src/lab/workload/reference.ts';
import { WorkloadError } from '../../../src/lab/workload/workload.ts';

function usersAt(scales: Parameters<typeof reference>[0]): (readonly [number, number])[] {
  return reference(scales).steps.map(({ fromMs, users }) => [fromMs, users]);
}

describe('the reference load', () => {
  it('is 5 users and 10 more at each minute, for 5 minutes, without a pause', () => {
    expect(reference()).toEqual({
      kind: 'closed',
      name: 'reference',
      durationMs: 300_000,
      steps: [
        { fromMs: 0, users: 5 },
        { fromMs: 60_000, users: 15 },
        { fromMs: 120_000, users: 25 },
        { fromMs: 180_000, users: 35 },
        { fromMs: 240_000, users: 45 },
      ],
      thinkMs: 0,
    });
  });

  it('takes a fifth of the time at a scale of 0.2, with as many users', () => {
    expect(reference({ scale: 0.2 }).durationMs).toBe(60_000);
    expect(usersAt({ scale: 0.2 }).map(([fromMs]) => fromMs)).toEqual([0, 12_000, 24_000, 36_000, 48_000]);
    expect(usersAt({ scale: 0.2 }).map(([, users]) => users)).toEqual([5, 15, 25, 35, 45]);
  });

  it('has a fifth of the users at a user scale of 0.2, for as long', () => {
    expect(reference({ userScale: 0.2 }).durationMs).toBe(300_000);
    expect(usersAt({ userScale: 0.2 }).map(([, users]) => users)).toEqual([1, 3, 5, 7, 9]);
  });

  it('has a user at any scale', () => {
    expect(usersAt({ userScale: 0.01 }).map(([, users]) => users)).toEqual([1, 1, 1, 1, 1]);
  });

  it.each([
    ['scale', 0],
    ['scale', Number.NaN],
    ['userScale', -1],
  ])('refuses a %s of %d', (name, value) => {
    const message = `${name} of the reference workload is ${value}, expected a number above 0`;
    expect(() => reference({ [name]: value })).toThrow(new WorkloadError(message));
  });
});
