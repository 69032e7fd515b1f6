import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recount } from './recount.ts';
import { play, type Trace, traces } from './traces.ts';
import { Watch } from './watch.ts';

const RUNS = { numRuns: 500 };

function always(holds: (trace: Trace) => void): void {
  fc.assert(fc.property(traces, holds), RUNS);
}

describe('whatever clients, operators and bad luck do, under all policies', () => {
  it('holds every rule after every input', () => {
    always((trace) => void play(trace, new Watch()));
  });

  it('ends every request exactly once and comes to rest with the reserved floor alone', () => {
    always((trace) => {
      const pool = play(trace);
      const open = [...pool.jobs.values()].filter((job) => job.state !== 'over');
      expect(open).toEqual([]);
      const { workers, models } = pool.snapshot();
      for (const { model, reserved } of models) {
        const own = workers.filter((worker) => worker.model === model);
        expect(own.map(({ kind, state }) => `${kind} ${state}`)).toEqual(Array(reserved).fill('reserved idle'));
      }
    });
  });

  it('gives the same commands for the same inputs', () => {
    always((trace) => {
      expect(play(trace).log).toEqual(play(trace).log);
    });
  });

  it('counts what happened, and where the time of the workers went', () => {
    always((trace) => {
      const pool = play(trace);
      const { counters, workerTime, saturatedMs, waitError } = pool.snapshot();
      const counted = recount(pool);
      expect(counters).toEqual(counted.counters);
      expect(saturatedMs).toBeCloseTo(counted.saturatedMs, 4);
      expect(waitError.p50Ms).toBeCloseTo(counted.waitError.p50Ms, 6);
      expect(waitError.p95Ms).toBeCloseTo(counted.waitError.p95Ms, 6);
      for (const kind of ['reserved', 'on-demand'] as const) {
        for (const activity of ['starting', 'idle', 'busy'] as const) {
          expect(workerTime[kind][activity], `${kind} ${activity}`).toBeCloseTo(counted.workerTime[kind][activity], 4);
        }
      }
    });
  });

  it('counts every request in exactly one way of ending', () => {
    always((trace) => {
      const { submitted, finished, rejected, expired, cancelled, failed } = play(trace).snapshot().counters;
      expect(finished + rejected + expired + cancelled + failed).toBe(submitted);
    });
  });
});
