import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { never } from '../../src/core/policies/never.ts';
import { VirtualPool } from './virtual-pool.ts';
import { Watch } from './watch.ts';

const ms = (min: number, max: number) =>
  fc.noBias(fc.integer({ min: min * 10, max: max * 10 })).map((tenths) => tenths / 10);
const arrival = fc.record({
  afterMs: ms(0, 60),
  deadlineMs: fc.oneof({ weight: 4, arbitrary: ms(80, 1_200) }, { weight: 1, arbitrary: fc.constant(undefined) }),
});

const run = fc.record({
  workers: fc.integer({ min: 1, max: 5 }),
  serviceMs: fc.constantFrom(30.7, 100.3, 171.9),
  priority: fc.constantFrom('interactive' as const, 'bulk' as const),
  patienceMs: fc.constantFrom(100, 700, 60_000),
  arrivals: fc.array(arrival, { minLength: 10, maxLength: 80, size: 'max' }),
});

describe('a promise', () => {
  it('is kept where service times are known: who was let in to wait is answered before its deadline', () => {
    const property = fc.property(run, ({ workers, serviceMs, priority, patienceMs, arrivals }) => {
      const assumed = { serviceMs, coldStartMs: 300 };
      const options = { maxWorkers: workers, scaling: never, queueLimit: 1_000, patienceMs, assumed };
      const pool = new VirtualPool(options, { serve: () => ({ ms: serviceMs }) }, new Watch());
      pool.provision(workers);
      let at = 1_000;
      for (const [i, { afterMs, deadlineMs }] of arrivals.entries()) {
        at += afterMs;
        pool.at(at, () => void pool.submit(`r${i}`, 'a', deadlineMs, priority));
      }
      pool.runToRest();
      for (const { id, error, bindings, submittedAt, endedAt, deadlineAt } of pool.jobs.values()) {
        const foundAnIdleWorker = bindings[0]?.queueMs === 0;
        const refusedAtOnce = error !== null && endedAt === submittedAt;
        if (foundAnIdleWorker || refusedAtOnce) continue;
        expect(error, `${id} came at ${submittedAt} and is due at ${deadlineAt}`).toBeNull();
      }
    });
    fc.assert(property, { numRuns: 400 });
  });
});
