import { describe, expect, it } from 'vitest';
import { never } from '../../../src/core/policies/never.ts';
import { targetWait } from '../../../src/core/policies/target-wait.ts';
import { brief, outcome, startsOf, warmPool, workers } from '../look.ts';
import type { VirtualPool } from '../virtual-pool.ts';

describe('the timer', () => {
  it('is set again only to an earlier time: a tick that comes too early does no harm', () => {
    const pool = warmPool(3, {}, { serve: () => ({ ms: 1_500 }) });
    expect(brief(pool.submit('p', 'a', 900))).toEqual(['dispatch 1', 'wakeAt 1900']);
    expect(brief(pool.submit('q', 'a', 950))).toEqual(['dispatch 2']);
    expect(brief(pool.submit('r', 'a', 800))).toEqual(['dispatch 3', 'wakeAt 1800']);
    for (const id of ['p', 'q', 'r']) expect(brief(pool.cancel(id))).toEqual([`reject ${id}`]);
    const ringing = pool.runTo(1_800).log.at(-1);
    expect(ringing).toMatchObject({ input: 'tick', at: 1_800 });
    expect(brief(ringing?.commands ?? [])).toEqual(['wakeAt 6000']);
  });

  it('is left alone when nothing is left to wait for, and rings in vain at most once', () => {
    const pool = warmPool(1);
    pool.submit('p');
    pool.runTo(1_100);
    expect(brief(pool.log.at(-1)?.commands ?? [])).toEqual([]);
    const before = pool.log.length;
    expect(pool.runToRest().log.length - before).toBeLessThanOrEqual(1);
  });

  it('is set again after it rang, even for the same time', () => {
    const pool = warmPool(1);
    pool.submit('p', 'a', 200);
    expect(brief(pool.scheduler.tick(1_050))).toEqual(['wakeAt 1200']);
  });
});

/** The request `hung` never ends, the others take 100 ms. */
const world = { serve: ([id]: readonly string[]) => ({ ms: id === 'hung' ? Number.POSITIVE_INFINITY : 100 }) };

function ticks(pool: VirtualPool): readonly number[] {
  return pool.log.flatMap(({ at, input }) => (input === 'tick' ? [at] : []));
}

describe('a worker that hangs while a request waits', () => {
  it('is expected to take as long again: another is started after twice the service time, not at the limit', () => {
    const pool = warmPool(1, { taskTimeoutMs: 30_000 }, world);
    pool.submit('hung');
    pool.submit('q');
    expect(workers(pool.runTo(1_199))).toEqual(['1 a reserved busy']);
    expect(workers(pool.runTo(1_200))).toEqual(['1 a reserved busy', '2 a on-demand starting']);
    expect(outcome(pool.runTo(2_000), 'q')).toEqual({ worker: 2, at: 1_600 });
    expect(pool.job('hung').state).toBe('running');
  });

  it('is noticed as soon as it is overdue if the target is shorter than a service', () => {
    const pool = warmPool(1, { taskTimeoutMs: 30_000, scaling: targetWait(50) }, world);
    pool.submit('hung');
    pool.runTo(1_060).submit('q');
    pool.runTo(2_000);
    expect(startsOf(pool).map(({ at }) => at)).toEqual([0, 1_100]);
  });

  it('is looked at after 1, 2, 4 … times what it should take: there are few ticks until its limit', () => {
    const pool = warmPool(1, { taskTimeoutMs: 30_000, scaling: never }, world);
    pool.submit('hung');
    pool.submit('q');
    pool.runToRest();
    const times = [1, 2, 4, 8, 16, 32, 64, 128, 256, 300];
    expect(ticks(pool).slice(0, times.length)).toEqual(times.map((time) => 1_000 + time * 100));
    expect(outcome(pool, 'hung')).toMatchObject({ code: 'WORKER_FAILED', at: 31_000 });
  });

  it('is expected to take as long for each request of its batch', () => {
    const pool = warmPool(1, { maxBatch: 3, maxWorkers: 1 }, world);
    for (const id of ['p', 'hung', 'q', 'r', 's']) pool.submit(id);
    pool.runTo(2_500);
    expect(ticks(pool)).toEqual([1_100, 1_400, 1_700, 2_300]);
  });

  it('gives no tick while nobody waits', () => {
    const pool = warmPool(1, { taskTimeoutMs: 30_000 }, world);
    pool.submit('hung');
    pool.runTo(50_000);
    expect(ticks(pool)).toEqual([31_000]);
  });

  it('gives no storm of ticks if the model is served in no time', () => {
    const pool = warmPool(1, { scaling: never }, { serve: ([id]) => (id === 'hung' ? world.serve([id]) : { ms: 0 }) });
    pool.submit('p');
    pool.runTo(2_000).submit('hung');
    pool.submit('q');
    pool.runTo(6_900);
    const doublings = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096].map((ms) => 2_000 + ms);
    expect(ticks(pool).filter((at) => !doublings.includes(at)).length).toBeLessThanOrEqual(1);
    expect(ticks(pool).filter((at) => doublings.includes(at))).toEqual(doublings);
  });
});
