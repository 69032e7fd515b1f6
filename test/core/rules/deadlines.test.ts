import { describe, expect, it } from 'vitest';
import { brief, outcome, warmPool, workers } from '../look.ts';

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
    pool.submit('q', 'a', 200);
    pool.runTo(1_300).submit('r');
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

describe('the timer', () => {
  it('is set again only when its time changes', () => {
    const pool = warmPool(1, { taskTimeoutMs: 5_000 });
    expect(brief(pool.submit('p', 'a', 900))).toEqual(['dispatch 1', 'wakeAt 1900']);
    expect(brief(pool.submit('q', 'a', 950))).toEqual([]);
    expect(brief(pool.submit('r', 'a', 800))).toEqual(['start 2', 'wakeAt 1800']);
    expect(brief(pool.cancel('r'))).toEqual(['reject r', 'wakeAt 1900']);
  });

  it('is switched off when nothing is left to wait for', () => {
    const pool = warmPool(1);
    pool.submit('p');
    pool.runTo(1_100);
    expect(brief(pool.log.at(-1)?.commands ?? [])).toEqual(['wakeAt Infinity']);
  });

  it('is set again after it rang, even for the same time', () => {
    const pool = warmPool(1);
    pool.submit('p', 'a', 200);
    expect(brief(pool.scheduler.tick(1_050))).toEqual(['wakeAt 1200']);
  });
});
