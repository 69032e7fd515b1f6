import { describe, expect, it } from 'vitest';
import type { Priority } from '../../../src/core/contracts/types.ts';
import { batches, bindings, outcome, warmPool, workers } from '../look.ts';
import { VirtualPool } from '../virtual-pool.ts';

describe('late binding', () => {
  it('serves a request that arrives while an on-demand worker starts by the reserved one that frees first', () => {
    const pool = warmPool(1);
    for (const id of ['p', 'q', 'r']) pool.submit(id);
    expect(workers(pool)).toEqual(['1 a reserved busy', '2 a on-demand starting']);
    pool.runToRest();
    expect(outcome(pool, 'q')).toEqual({ worker: 1, at: 1_200 });
    expect(outcome(pool, 'r')).toEqual({ worker: 1, at: 1_300 });
  });

  it('gives the next request to the worker that becomes warm if that is sooner', () => {
    const pool = warmPool(1, {}, { start: () => ({ ms: 50 }) });
    for (const id of ['p', 'q', 'r']) pool.submit(id);
    pool.runToRest();
    expect(outcome(pool, 'q')).toEqual({ worker: 2, at: 1_150 });
  });

  it('takes the longest idle reserved worker', () => {
    const pool = warmPool(2);
    pool.submit('p');
    pool.runTo(1_500).submit('q');
    pool.runToRest();
    expect([pool.job('p').answeredBy, pool.job('q').answeredBy]).toEqual([1, 2]);
  });

  it('prefers a reserved worker to an on-demand one', () => {
    const pool = warmPool(1, {}, { start: () => ({ ms: 50 }) });
    for (const id of ['p', 'q', 'r']) pool.submit(id);
    pool.runTo(1_500).submit('s');
    pool.runToRest();
    expect(pool.job('s').answeredBy).toBe(1);
  });

  it('takes the on-demand worker used last, so that the surplus ones leave', () => {
    const pool = new VirtualPool({}, { serve: ([id]) => ({ ms: id === 'p' ? 100 : 150 }) });
    pool.provision(2);
    pool.runTo(1_000).provision(0);
    pool.submit('p');
    pool.submit('q');
    pool.runTo(1_300).submit('r');
    pool.runTo(2_120);
    expect(pool.job('r').answeredBy).toBe(pool.job('q').answeredBy);
    expect(workers(pool)).toEqual([`${pool.job('q').answeredBy} a on-demand idle`]);
  });

  it('takes up to maxBatch requests of one model', () => {
    const pool = warmPool(1, { maxBatch: 2, maxWorkers: 1 });
    for (const id of ['p', 'q', 'r', 's']) pool.submit(id);
    pool.runToRest();
    expect(['p', 'q', 'r', 's'].map((id) => pool.job(id).endedAt)).toEqual([1_100, 1_200, 1_200, 1_300]);
  });

  it('learns the service time per request, not per batch, and predicts with it', () => {
    const pool = warmPool(1, { maxBatch: 4, maxWorkers: 1 }, { serve: (batch) => ({ ms: 20 * batch.length }) });
    for (const id of ['p', 'q', 'r', 's', 't']) pool.submit(id);
    pool.runTo(1_100);
    expect(pool.snapshot().models[0]?.serviceMs).toBe(20);
    for (const id of ['u', 'v', 'w', 'x']) pool.submit(id);
    pool.runTo(1_130).submit('y');
    pool.runToRest();
    expect(bindings(pool).at(-1)).toMatchObject({ job: 'y', predictedWaitMs: 50, queueMs: 50 });
  });

  it('says in the binding how long the request waited, what was predicted, and why its worker was started', () => {
    const pool = warmPool(1);
    pool.submit('p');
    pool.submit('q');
    pool.runToRest();
    const told = { coldStart: false, spilled: false, retried: false, startReason: 'a keeps 1 workers reserved' };
    expect(bindings(pool)).toEqual([
      { job: 'p', queueMs: 0, predictedWaitMs: 0, ...told },
      { job: 'q', queueMs: 100, predictedWaitMs: 100, ...told },
    ]);
  });

  it('calls it a cold start when the worker became warm after the request had arrived', () => {
    const pool = new VirtualPool();
    pool.submit('p');
    pool.runTo(1_000).submit('q');
    expect(bindings(pool).map(({ job, coldStart }) => ({ job, coldStart }))).toEqual([
      { job: 'p', coldStart: true },
      { job: 'q', coldStart: false },
    ]);
    expect(bindings(pool)[0]).toMatchObject({ predictedWaitMs: 300, startReason: 'the model had no worker' });
    expect(pool.snapshot().counters.coldServed).toBe(1);
  });

  it('calls it warm when the worker became so at the very moment of the arrival', () => {
    const pool = new VirtualPool();
    pool.provision(1);
    pool.runTo(300).submit('p');
    expect(bindings(pool)).toMatchObject([{ job: 'p', queueMs: 0, coldStart: false }]);
  });

  it('calls it retried when it was given to a worker before, and counts its cold start once', () => {
    const fates = [{ ms: 50, dies: true }];
    const pool = new VirtualPool({}, { serve: () => fates.shift() ?? { ms: 100 } });
    pool.submit('p');
    pool.runToRest();
    expect(bindings(pool).map(({ retried, coldStart }) => ({ retried, coldStart }))).toEqual([
      { retried: false, coldStart: true },
      { retried: true, coldStart: true },
    ]);
    expect(pool.snapshot().counters).toMatchObject({ coldServed: 1, retried: 1, dispatched: 2, finished: 1 });
  });
});

describe('a model without any worker in a pool full of on-demand workers of another', () => {
  it('gets a place when an earlier request of its own has waited for one to finish', () => {
    const pool = new VirtualPool({ maxWorkers: 1 });
    pool.submit('a1', 'a');
    pool.runTo(350).submit('b1', 'b');
    pool.submit('a2', 'a');
    pool.runToRest();
    expect(['a1', 'b1', 'a2'].map((id) => pool.job(id).endedAt)).toEqual([400, 810, 1_220]);
  });

  it('lets the requests that came before its own be served first', () => {
    const pool = new VirtualPool({ maxWorkers: 1 });
    for (const id of ['a1', 'a2', 'a3']) pool.submit(id, 'a');
    pool.runTo(50).submit('b1', 'b');
    pool.runToRest();
    expect(['a1', 'a2', 'a3', 'b1'].map((id) => pool.job(id).endedAt)).toEqual([400, 500, 600, 1_010]);
  });

  it('gets the place of the worker that has idled for longest', () => {
    const pool = new VirtualPool({ maxWorkers: 2 });
    pool.submit('a1', 'a');
    pool.runTo(500).submit('b1', 'b');
    pool.runTo(1_000).submit('c1', 'c');
    expect(workers(pool)).toEqual(['1 a on-demand stopping', '2 b on-demand idle']);
  });
});

type Asked = [deadlineMs?: number | undefined, priority?: Priority];

describe('the order of service', () => {
  /** One worker, busy until 1100; the rest waits. */
  function line(requests: Record<string, Asked>, options = {}): readonly string[] {
    const pool = warmPool(1, { maxWorkers: 1, ...options });
    pool.submit('first');
    for (const [id, [deadlineMs, priority]] of Object.entries(requests)) pool.submit(id, 'a', deadlineMs, priority);
    pool.runToRest();
    return bindings(pool).flatMap(({ job }) => (job === 'first' ? [] : [job]));
  }

  it('is the earliest deadline first', () => {
    expect(line({ late: [9_000], early: [3_000], middle: [5_000] })).toEqual(['early', 'middle', 'late']);
  });

  it('takes a request without a deadline for one that is due when its patience ends', () => {
    const options = { patienceMs: 4_000 };
    expect(line({ none: [], late: [5_000], early: [3_000] }, options)).toEqual(['early', 'none', 'late']);
  });

  it('is the order of arrival among equals', () => {
    expect(line({ p: [], q: [], r: [] })).toEqual(['p', 'q', 'r']);
    expect(line({ p: [2_000], q: [2_000], r: [2_000] })).toEqual(['p', 'q', 'r']);
  });

  it('is interactive before bulk, whatever the deadlines', () => {
    const requests = { b: [500, 'bulk'], p: [], q: [] } satisfies Record<string, Asked>;
    expect(line(requests, { bulkShare: 0 })).toEqual(['p', 'q', 'b']);
  });

  it('gives bulk its share while both wait', () => {
    const requests: Record<string, Asked> = {};
    for (const id of ['b1', 'b2', 'b3']) requests[id] = [undefined, 'bulk'];
    for (const id of ['i1', 'i2', 'i3', 'i4', 'i5']) requests[id] = [];
    expect(line(requests, { bulkShare: 0.5 })).toEqual(['i1', 'b1', 'i2', 'b2', 'i3', 'b3', 'i4', 'i5']);
  });

  it('puts no two classes into one batch', () => {
    const pool = warmPool(1, { maxWorkers: 1, maxBatch: 8, bulkShare: 0 });
    pool.submit('first');
    for (const id of ['b1', 'b2']) pool.submit(id, 'a', Number.POSITIVE_INFINITY, 'bulk');
    for (const id of ['i1', 'i2']) pool.submit(id);
    pool.runToRest();
    expect(batches(pool)).toEqual([['first'], ['i1', 'i2'], ['b1'], ['b2']]);
  });
});
