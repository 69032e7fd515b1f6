import { describe, expect, it } from 'vitest';
import { bindings, outcome, warmPool, workers } from '../look.ts';
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
    expect(workers(pool)).toEqual(['2 a on-demand idle']);
  });

  it('takes up to maxBatch requests of one model in the order of arrival', () => {
    const pool = warmPool(1, { maxBatch: 2, maxWorkers: 1 });
    for (const id of ['p', 'q', 'r', 's']) pool.submit(id);
    pool.runToRest();
    expect(['p', 'q', 'r', 's'].map((id) => pool.job(id).endedAt)).toEqual([1_100, 1_200, 1_200, 1_300]);
  });

  it('learns the service time per request, not per batch, and predicts with it', () => {
    const pool = warmPool(1, { maxBatch: 4, maxWorkers: 1 }, { serve: (batch) => ({ ms: 20 * batch.length }) });
    for (const id of ['p', 'q', 'r', 's', 't']) pool.submit(id);
    pool.runTo(1_100);
    expect(pool.scheduler.snapshot().models[0]?.serviceMs).toBe(20);
    for (const id of ['u', 'v', 'w', 'x']) pool.submit(id);
    pool.runTo(1_130).submit('y');
    pool.runToRest();
    expect(bindings(pool).at(-1)).toMatchObject({ job: 'y', predictedWaitMs: 50, queueMs: 50 });
  });

  it('says in the binding how long the request waited, what was predicted, and why this worker', () => {
    const pool = warmPool(1);
    pool.submit('p');
    pool.submit('q');
    pool.runToRest();
    const reason = (how: string) => `${how} reserved worker 1`;
    expect(bindings(pool)).toEqual([
      { job: 'p', queueMs: 0, predictedWaitMs: 0, coldStart: false, reason: reason('taken at once by') },
      { job: 'q', queueMs: 100, predictedWaitMs: 100, coldStart: false, reason: reason('waited for') },
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
    expect(bindings(pool)[0]?.reason).toBe('waited for on-demand worker 1, started because the model had no worker');
    expect(pool.scheduler.snapshot().counters.coldServed).toBe(1);
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
