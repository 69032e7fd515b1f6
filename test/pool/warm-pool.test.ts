import { afterEach, describe, expect, it } from 'vitest';
import { plainPicture } from '../support/pictures.ts';
import { openTestPool, type TestPool } from '../support/test-pool.ts';

const RED = await plainPicture(255, 0, 0);
const GREEN = await plainPicture(0, 255, 0);

let pool: TestPool | null = null;
afterEach(async () => {
  await pool?.pool.close();
  pool = null;
});

describe('a pool of real threads', () => {
  it('answers from a reserved worker that was warm before, and says so', async () => {
    pool = await openTestPool('synthetic', { reserved: '1', maxWorkers: '1' });
    const answer = await pool.run(RED);
    expect(Array.from(answer.probabilities, Math.round)).toEqual([1, 0, 0]);
    expect(answer).toMatchObject({ worker: 1, kind: 'reserved', batchSize: 1 });
    expect(answer.binding).toMatchObject({ coldStart: false, spilled: false, retried: false, queueMs: 0 });
    expect(answer.totalMs).toBeGreaterThanOrEqual(answer.decodeMs + answer.inferMs);
  });

  it('reports the phases of every cold start, and they add up', async () => {
    pool = await openTestPool('synthetic', { reserved: '2', maxWorkers: '2' });
    const coldStarts = [...pool.pool.stats().coldStarts.values()];
    expect(coldStarts).toHaveLength(2);
    for (const { thread, runtime, model, warmUp, total } of coldStarts) {
      for (const phase of [thread, runtime, model, warmUp]) expect(phase).toBeGreaterThanOrEqual(0);
      expect(thread + runtime + model + warmUp).toBeLessThanOrEqual(total + 1);
    }
  });

  it('starts an on-demand worker under load and stops it after its keep-alive', async () => {
    pool = await openTestPool('slow', { reserved: '1', maxWorkers: '2', maxBatch: '1', keepAlive: 'fixed:50ms' });
    const started = pool.events.next('workerStarting');
    const gone = pool.events.next('workerGone');
    const answers = await Promise.all(Array.from({ length: 6 }, () => pool?.run(GREEN)));
    expect((await started).kind).toBe('on-demand');
    expect(new Set(answers.map((answer) => answer?.kind))).toEqual(new Set(['reserved', 'on-demand']));
    expect(await gone).toMatchObject({ reason: expect.stringMatching(/^no work for \d+ ms$/), died: false });
    expect(pool.pool.stats().workers).toHaveLength(1);
  });

  it('infers waiting requests together up to the batch size, and a bad picture fails alone', async () => {
    pool = await openTestPool('slow', { reserved: '1', maxWorkers: '1', maxBatch: '4' });
    const first = pool.run(RED);
    const [red, bad, green] = await Promise.allSettled([
      pool.run(RED),
      pool.run(Buffer.from('not a picture')),
      pool.run(GREEN),
    ]);
    expect((await first).batchSize).toBe(1);
    expect(red).toMatchObject({ status: 'fulfilled', value: { batchSize: 3 } });
    expect(bad).toMatchObject({ status: 'rejected', reason: { code: 'UNSUPPORTED_FORMAT' } });
    expect(green.status === 'fulfilled' && Array.from(green.value.probabilities, Math.round)).toEqual([0, 1, 0]);
  });

  it('changes the reserved set while it runs', async () => {
    pool = await openTestPool('synthetic', { reserved: '1', maxWorkers: '3', keepAlive: 'fixed:0s' });
    const model = pool.defaultModel.key;
    pool.pool.provision(model, 3);
    expect(pool.pool.isReady()).toBe(false);
    while (!pool.pool.isReady()) await pool.events.next('workerWarm');
    expect(pool.pool.stats().workers.map(({ kind }) => kind)).toEqual(['reserved', 'reserved', 'reserved']);
    const gone = pool.events.next('workerGone');
    pool.pool.provision(model, 1);
    await gone;
    expect(pool.pool.stats().workers.filter(({ kind }) => kind === 'reserved')).toHaveLength(1);
  });

  it('serves a model without reserved workers from an on-demand one, and marks the answer as cold', async () => {
    pool = await openTestPool('synthetic', { reserved: '1', maxWorkers: '2' });
    const answer = await pool.run(RED, { model: 'slow' });
    expect(answer.kind).toBe('on-demand');
    expect(answer.binding.coldStart).toBe(true);
  });

  it('fails what is pending, and what comes later, when it is closed', async () => {
    const closed = await openTestPool('slow', { reserved: '1', maxWorkers: '1' });
    const pending = closed.run(RED);
    await Promise.all([closed.pool.close(), expect(pending).rejects.toMatchObject({ code: 'CANCELLED' })]);
    await expect(closed.run(RED)).rejects.toMatchObject({ code: 'OVERLOADED' });
  });
});
