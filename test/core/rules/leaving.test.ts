import { describe, expect, it } from 'vitest';
import { costKeepAlive, fixedKeepAlive, histogramKeepAlive } from '../../../src/core/policies/keep-alive.ts';
import { spill } from '../../../src/core/policies/spill.ts';
import { startsOf, warmPool, workers } from '../look.ts';
import { VirtualPool } from '../virtual-pool.ts';

function stopsOf(pool: VirtualPool): readonly { readonly at: number; readonly reason: string }[] {
  return pool.log.flatMap(({ at, commands }) =>
    commands.flatMap((command) => (command.type === 'stop' ? [{ at, reason: command.reason }] : [])),
  );
}

describe('keep-alive', () => {
  it('stops an on-demand worker that had no work for so long, and no earlier', () => {
    const pool = new VirtualPool({ keepAlive: fixedKeepAlive(1_000) });
    pool.submit('p');
    pool.runTo(1_399);
    expect(workers(pool)).toEqual(['1 a on-demand idle']);
    pool.runTo(1_400);
    expect(workers(pool)).toEqual(['1 a on-demand stopping']);
    expect(stopsOf(pool)).toEqual([{ at: 1_400, reason: 'no work for 1000 ms' }]);
  });

  it('begins anew with each request', () => {
    const pool = new VirtualPool({ keepAlive: fixedKeepAlive(1_000) });
    pool.submit('p');
    pool.runTo(1_300).submit('q');
    pool.runTo(2_399);
    expect(workers(pool)).toEqual(['1 a on-demand idle']);
  });

  it('never stops a reserved worker', () => {
    const pool = warmPool(1, { keepAlive: fixedKeepAlive(0) });
    expect(workers(pool.runTo(1e6))).toEqual(['1 a reserved idle']);
  });

  it('stops no worker while a request waits beside it for others', () => {
    const pool = new VirtualPool({ keepAlive: fixedKeepAlive(500), batchDelayMs: 200, maxBatch: 4 });
    pool.submit('p');
    // Idle since 400; the request holds it until 1050.
    pool.runTo(850).submit('q');
    expect(workers(pool.runTo(1_000))).toEqual(['1 a on-demand idle']);
    expect(pool.runTo(1_200).job('q')).toMatchObject({ answeredBy: 1, endedAt: 1_150 });
    expect(pool.log.length).toBeLessThan(12);
  });
});

/** One request every so often, for so long that its gaps are known; the last one at `count` times the period. */
function periodic(pool: VirtualPool, periodMs: number, count: number, model = 'a', fromMs = 0): void {
  for (let i = 1; i <= count; i++) pool.at(fromMs + i * periodMs, () => void pool.submit(`${model}${i}`, model));
}

describe('the histogram keep-alive', () => {
  const keepAlive = histogramKeepAlive(fixedKeepAlive(1_000));

  it('lets the worker go between two requests and warms it again before the next', () => {
    const pool = new VirtualPool({ keepAlive });
    periodic(pool, 20_000, 20);
    pool.runTo(400_000 + 5_000);
    const last = startsOf(pool).at(-1);
    expect(last?.at).toBeGreaterThan(380_000 + 10_000);
    expect(last?.at).toBeLessThan(400_000 - 300);
    expect(pool.job('a20').bindings[0]).toMatchObject({ coldStart: false, queueMs: 0 });
    expect(pool.job('a20').bindings[0]?.startReason).toBe('the next request is expected');
    const alive = pool.log.filter(({ at }) => at > 320_000 && at < 328_000).map(({ after }) => after.workers.length);
    expect(Math.min(...alive)).toBe(0);
  });

  it('warms it once and lets it go for good if the next request does not come', () => {
    const pool = new VirtualPool({ keepAlive });
    periodic(pool, 20_000, 20);
    pool.runToRest();
    expect(startsOf(pool).filter(({ at }) => at > 400_000)).toHaveLength(1);
    expect(stopsOf(pool).at(-1)?.at).toBeLessThan(400_000 + 20_000 * 1.1 * 1.06 + 1_000);
    expect(workers(pool)).toEqual([]);
  });

  it('takes no place from another model, for whom the next request is expected as well', () => {
    const pool = new VirtualPool({ keepAlive, maxWorkers: 1 });
    for (const [i, jitter] of [0, 0, 4_000, 0, 8_000, 0, 2_000, 0, 6_000, 0, 0, 7_000, 0, 3_000].entries()) {
      pool.at(i * 20_000 + jitter, () => void pool.submit(`a${i}`, 'a'));
      pool.at(i * 20_000 + 10_000 + jitter, () => void pool.submit(`b${i}`, 'b'));
    }
    pool.runToRest();
    // Each request starts one at most, and the last of each model one in vain.
    expect(startsOf(pool).length).toBeLessThanOrEqual(2 * 14 + 2);
  });

  it('does nothing ahead under a policy that starts no worker, or one for each request', () => {
    const pool = new VirtualPool({ keepAlive, scaling: spill });
    periodic(pool, 20_000, 20);
    pool.runToRest();
    expect(pool.log.flatMap(({ commands }) => commands)).not.toContainEqual(
      expect.objectContaining({ reason: 'the next request is expected' }),
    );
  });

  it('stays between requests that come soon after each other', () => {
    const pool = new VirtualPool({ keepAlive: histogramKeepAlive(fixedKeepAlive(100)) });
    periodic(pool, 600, 40);
    pool.runTo(24_000);
    // The gaps of 500 ms are less than two cold starts: after the first ten it stays.
    expect(startsOf(pool).filter(({ at }) => at > 12_000)).toEqual([]);
  });
});

describe('the cost keep-alive', () => {
  it('stays for as long as a cold start until it knows better', () => {
    const pool = new VirtualPool({ keepAlive: costKeepAlive(2) });
    pool.submit('p');
    pool.runToRest();
    expect(stopsOf(pool).map(({ at }) => at)).toEqual([1_000]);
  });

  it('stays over short gaps, and not at all once they are all too long', () => {
    const pool = new VirtualPool({ keepAlive: costKeepAlive(2) });
    periodic(pool, 400, 40);
    periodic(pool, 5_000, 300, 'b', 100_000);
    pool.runTo(90_000);
    expect(startsOf(pool)).toHaveLength(1);
    pool.runToRest();
    const late = stopsOf(pool).filter(({ at }) => at > 400_000);
    expect(late.length).toBeGreaterThan(200);
    expect(late.every(({ reason }) => reason === 'no work for 0 ms')).toBe(true);
  });
});
