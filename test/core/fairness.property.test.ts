import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomRules, rulesOf } from './random-rules.ts';
import { VirtualPool } from './virtual-pool.ts';
import { Watch } from './watch.ts';

const SERVICE_MS = 20;

const run = fc.record({
  rules: randomRules,
  workers: fc.integer({ min: 1, max: 3 }),
  maxBatch: fc.integer({ min: 1, max: 4 }),
  maxBulkBatch: fc.integer({ min: 1, max: 4 }),
  bulkShare: fc.constantFrom(0.2, 0.5, 0.75),
  patienceMs: fc.constantFrom(0, 500, 60_000),
  bulk: fc.array(fc.nat(100), { minLength: 1, maxLength: 8 }),
  urgent: fc.boolean(),
  dies: fc.array(fc.boolean(), { maxLength: 20 }),
});

/** So many interactive requests wait at any time, up to `untilMs`, or as many as are let in. */
function keepWaiting(pool: VirtualPool, count: number, deadlineMs: number, untilMs: number): void {
  let sent = 0;
  const fill = () => {
    for (let i = pool.line.waiting('a', 'interactive').length; i < count; i++)
      pool.submit(`i${sent++}`, 'a', deadlineMs);
    if (pool.now < untilMs) pool.at(pool.now + SERVICE_MS, fill);
  };
  pool.at(0, fill);
}

describe('bulk requests under endless interactive load', () => {
  it('are all served, in their share of the time, whatever the policies and however urgent the others are', () => {
    const property = fc.property(run, ({ rules, workers, maxBatch, bulkShare, patienceMs, bulk, urgent, dies }) => {
      const options = { maxWorkers: workers, maxBatch, bulkShare, patienceMs, queueLimit: 1_000 };
      const serve = () => ({ ms: SERVICE_MS, dies: dies.pop() ?? false });
      const assumed = { serviceMs: SERVICE_MS, coldStartMs: 50 };
      const world = { serve, start: () => ({ ms: 50 }) };
      const pool = new VirtualPool({ ...options, assumed, ...rulesOf(rules) }, world, new Watch());
      pool.provision(1);
      // The worker that serves them all, one at a time, with as many interactive ones between them as may go first.
      const enoughMs = 1_000 + bulk.reduce((sum, afterMs) => sum + afterMs, 0) + (bulk.length * SERVICE_MS) / bulkShare;
      const untilMs = 1.5 * enoughMs + 40 * SERVICE_MS;
      keepWaiting(pool, maxBatch + 2, urgent ? 5 * SERVICE_MS : Number.POSITIVE_INFINITY, untilMs);
      let at = 200;
      for (const [i, afterMs] of bulk.entries()) {
        at += afterMs;
        pool.at(at, () => void pool.submit(`b${i}`, 'a', Number.POSITIVE_INFINITY, 'bulk'));
      }
      pool.runTo(untilMs);
      for (let i = 0; i < bulk.length; i++) {
        const { state, error } = pool.job(`b${i}`);
        expect([state, error?.code === 'WORKER_FAILED' ? null : error], `b${i}`).toEqual(['over', null]);
      }
    });
    fc.assert(property, { numRuns: 40 });
  });
});
