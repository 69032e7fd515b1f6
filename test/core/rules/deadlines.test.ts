import { describe, expect, it } from 'vitest';
import { outcome, startsOf, warmPool, workers } from '../look.ts';
import { VirtualPool } from '../virtual-pool.ts';

describe('deadlines', () => {
  it('expire a waiting request at its deadline, not when a worker frees', () => {
    const pool = warmPool(1, {}, { serve: () => ({ ms: 1_000 }) });
    pool.submit('p');
    pool.submit('q', 'a', 250);
    pool.runToRest();
    expect(outcome(pool, 'q')).toEqual({ code: 'DEADLINE_EXCEEDED', retryAfterMs: undefined, at: 1_250 });
    expect(pool.job('q').error?.message).toBe('The deadline passed after 250 ms; the request was waiting.');
  });

  it('expire a running request and leave its worker to finish', () => {
    const pool = warmPool(1);
    pool.submit('p', 'a', 60);
    pool.runTo(1_060);
    expect(pool.job('p').error?.message).toBe('The deadline passed after 60 ms; the request was running.');
    expect(workers(pool)).toEqual(['1 a reserved busy']);
    expect(workers(pool.runTo(1_100))).toEqual(['1 a reserved idle']);
  });

  it('hold even if the timer rings late: what is finished after its deadline is no answer', () => {
    const pool = warmPool(1, {}, { lateMs: 500 });
    pool.submit('p', 'a', 60);
    pool.runToRest();
    expect(outcome(pool, 'p')).toEqual({ code: 'DEADLINE_EXCEEDED', retryAfterMs: undefined, at: 1_100 });
  });

  it('free the place in the queue even if the timer rings late', () => {
    const pool = warmPool(1, { queueLimit: 1, maxWorkers: 1 }, { serve: () => ({ ms: 1_000 }), lateMs: 500 });
    pool.submit('p');
    pool.submit('q', 'a', 210);
    pool.runTo(1_300).submit('r');
    expect(outcome(pool, 'q')).toEqual({ code: 'DEADLINE_EXCEEDED', retryAfterMs: undefined, at: 1_300 });
    expect(outcome(pool, 'r')).toBe('open');
  });
});

describe('a task over its limit', () => {
  it('loses its requests and its worker, which is replaced', () => {
    const pool = warmPool(1, { taskTimeoutMs: 400 }, { serve: ([id]) => ({ ms: id === 'p' ? 1e9 : 100 }) });
    pool.submit('p');
    pool.runTo(1_399);
    expect(workers(pool)).toEqual(['1 a reserved busy']);
    pool.runTo(1_400);
    expect(outcome(pool, 'p')).toEqual({ code: 'WORKER_FAILED', retryAfterMs: undefined, at: 1_400 });
    expect(workers(pool)).toEqual(['1 a reserved stopping', '2 a reserved starting']);
    expect(pool.snapshot().counters).toMatchObject({ failed: 1, rejected: 0, workersStopped: 1 });
    expect(workers(pool.runTo(2_000))).toEqual(['2 a reserved idle']);
  });

  it('is given up at exactly its limit, whatever the rounding of fractional times', () => {
    const pool = warmPool(1, { taskTimeoutMs: 333.3 }, { serve: () => ({ ms: 1e9 }) });
    const id = (i: number) => `r${i}`;
    for (let i = 0; i < 50; i++) pool.runTo(2_000 + i * 1_000.7).submit(id(i));
    pool.runToRest();
    for (let i = 0; i < 50; i++) expect(pool.job(id(i)).endedAt).toBe(2_000 + i * 1_000.7 + 333.3);
  });
});

describe('a batch over the time limit', () => {
  it('fails the one that hangs, after the others were tried again and answered', () => {
    const serve = (ids: readonly string[]) => ({ ms: ids.includes('p') ? Number.POSITIVE_INFINITY : 100 });
    const pool = warmPool(1, { taskTimeoutMs: 400, maxBatch: 8, maxWorkers: 1 }, { serve });
    for (const id of ['first', 'a', 'p', 'b']) pool.submit(id);
    pool.runToRest();
    expect(outcome(pool, 'p')).toMatchObject({ code: 'WORKER_FAILED' });
    for (const id of ['a', 'b']) expect(outcome(pool, id)).toMatchObject({ worker: expect.any(Number) });
    expect(pool.snapshot().counters).toMatchObject({ failed: 1, finished: 3 });
  });
});

describe('a start over its limit', () => {
  const hanging = { start: () => ({ ms: Number.POSITIVE_INFINITY }) };

  it('loses its worker, and the next start waits for the back-off', () => {
    const fates = [{ ms: Number.POSITIVE_INFINITY }];
    const pool = new VirtualPool({ startTimeoutMs: 2_000 }, { start: () => fates.shift() ?? { ms: 300 } });
    pool.submit('p');
    expect(workers(pool.runTo(1_999))).toEqual(['1 a on-demand starting']);
    expect(workers(pool.runTo(2_000))).toEqual(['1 a on-demand stopping']);
    const why = 'its start ran over the limit of 2000 ms';
    expect(pool.log.at(-1)?.commands).toContainEqual({ type: 'stop', worker: 1, reason: why, failed: true });
    expect(workers(pool.runTo(2_099))).toEqual([]);
    expect(workers(pool.runTo(2_100))).toEqual(['2 a on-demand starting']);
    expect(outcome(pool.runToRest(), 'p')).toEqual({ worker: 2, at: 2_500 });
  });

  it('is one failure, not a second one when the thread ends', () => {
    const pool = new VirtualPool({ startTimeoutMs: 1_000 }, hanging);
    pool.provision(1);
    pool.runTo(7_000);
    expect(startsOf(pool).map(({ at }) => at)).toEqual([0, 1_100, 2_300, 3_700, 5_500]);
    expect(pool.snapshot().counters).toMatchObject({ workersStopped: 5, workersDied: 0 });
  });

  it('opens the breaker the third time: no request waits for another', () => {
    const pool = new VirtualPool({ startTimeoutMs: 1_000 }, hanging);
    pool.submit('p');
    pool.runTo(3_310);
    expect(outcome(pool, 'p')).toEqual({ code: 'WORKER_FAILED', retryAfterMs: 390, at: 3_310 });
    expect(pool.job('p').error?.message).toBe('a cannot start: 3 attempts failed in a row.');
    expect(pool.snapshot().counters).toMatchObject({ rejected: 1, failed: 0 });
  });

  it('is over, even if the worker becomes warm before its thread ends', () => {
    const pool = new VirtualPool({ startTimeoutMs: 1_000 }, { start: () => ({ ms: 1_005 }) });
    pool.submit('p');
    expect(workers(pool.runTo(1_006))).toEqual(['1 a on-demand stopping']);
    expect(outcome(pool, 'p')).toBe('open');
  });

  it('leaves alone the worker that became warm in time', () => {
    const pool = new VirtualPool({ startTimeoutMs: 1_000 }, { start: () => ({ ms: 999 }) });
    pool.provision(1);
    expect(workers(pool.runTo(5_000))).toEqual(['1 a reserved idle']);
  });
});
