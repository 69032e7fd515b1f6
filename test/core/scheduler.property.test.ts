import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { play, type Trace, traces } from './traces.ts';
import { Watch } from './watch.ts';

const RUNS = { numRuns: 300 };

function always(holds: (trace: Trace) => void): void {
  fc.assert(fc.property(traces, holds), RUNS);
}

describe('whatever clients, operators and bad luck do', () => {
  it('holds every rule after every input', () => {
    always((trace) => void play(trace, new Watch()));
  });

  it('ends every request exactly once and comes to rest with the reserved floor alone', () => {
    always((trace) => {
      const pool = play(trace);
      const open = [...pool.jobs.values()].filter((job) => job.state !== 'over');
      expect(open).toEqual([]);
      const { workers, models } = pool.scheduler.snapshot();
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

  it('counts what happened', () => {
    always((trace) => {
      const pool = play(trace);
      const { counters } = pool.scheduler.snapshot();
      const jobs = [...pool.jobs.values()];
      const commands = pool.log.flatMap((entry) => entry.commands);
      const errors = (code: string) => jobs.filter((job) => job.error?.code === code).length;
      const final = (code: string) =>
        jobs.filter(({ error }) => error?.code === code && error.retryAfterMs === undefined).length;
      expect(counters.submitted).toBe(jobs.length);
      expect(counters.finished).toBe(jobs.filter((job) => job.answeredBy !== null).length);
      expect(counters.cancelled).toBe(errors('CANCELLED'));
      expect(counters.expired).toBe(final('DEADLINE_EXCEEDED'));
      expect(counters.failed).toBe(final('WORKER_FAILED'));
      expect(counters.dispatched).toBe(jobs.reduce((sum, job) => sum + job.attempts, 0));
      expect(counters.workersStarted).toBe(commands.filter(({ type }) => type === 'start').length);
      expect(counters.workersStopped).toBe(commands.filter(({ type }) => type === 'stop').length);
    });
  });

  it('counts every request in exactly one way of ending', () => {
    always((trace) => {
      const { submitted, finished, rejected, expired, cancelled, failed } = play(trace).scheduler.snapshot().counters;
      expect(finished + rejected + expired + cancelled + failed).toBe(submitted);
    });
  });
});
