import { afterEach, describe, expect, it, vi } from 'vitest';
import { plainPicture } from '../support/pictures.ts';
import { openTestPool, type TestPool } from '../support/test-pool.ts';

const RED = await plainPicture(255, 0, 0);
/** What these do to the `faulty` model is in engine/synthetic.ts. */
const CRASH = await plainPicture(255, 255, 255);
const HANG = await plainPicture(0, 0, 0);

let pool: TestPool | null = null;
afterEach(async () => {
  await pool?.pool.close();
  pool = null;
});

describe('when workers fail', () => {
  it('a request that kills its worker is tried on one more, then fails, and the reserved worker is replaced', async () => {
    pool = await openTestPool('faulty', { reserved: '1', maxWorkers: '1' });
    await expect(pool.run(CRASH)).rejects.toMatchObject({
      code: 'WORKER_FAILED',
      message: '2 workers died while they ran the request.',
    });
    expect(pool.pool.stats().counters).toMatchObject({ retried: 1, workersDied: 2 });
    expect((await pool.run(RED)).kind).toBe('reserved');
  });

  it('a request that waits behind a crash is not lost', async () => {
    pool = await openTestPool('faulty', { reserved: '1', maxWorkers: '1' });
    const [crash, red] = await Promise.allSettled([pool.run(CRASH), pool.run(RED)]);
    expect(crash.status).toBe('rejected');
    expect(red.status).toBe('fulfilled');
  });

  it('a task over its time limit fails, and costs its worker', async () => {
    pool = await openTestPool('faulty', { reserved: '1', maxWorkers: '1', taskTimeout: '200' });
    await expect(pool.run(HANG)).rejects.toMatchObject({
      code: 'WORKER_FAILED',
      message: expect.stringContaining('200 ms'),
    });
    expect((await pool.run(RED)).worker).toBe(2);
  });

  it('a picture that hangs takes no other of its batch with it', async () => {
    pool = await openTestPool('faulty', { reserved: '1', maxWorkers: '1', maxBatch: '8', taskTimeout: '300' });
    const [, red, hang, alsoRed] = await Promise.allSettled([RED, RED, HANG, RED].map((picture) => pool?.run(picture)));
    expect(hang).toMatchObject({ status: 'rejected', reason: { code: 'WORKER_FAILED' } });
    expect([red?.status, alsoRed?.status]).toEqual(['fulfilled', 'fulfilled']);
  });

  it('a cancelled request is answered at once and leaves its worker warm', async () => {
    pool = await openTestPool('slow', { reserved: '1', maxWorkers: '1' });
    const controller = new AbortController();
    const cancelled = pool.run(RED, { signal: controller.signal });
    controller.abort();
    await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(await pool.run(RED)).toMatchObject({ worker: 1, kind: 'reserved' });
    expect(pool.events.count('workerGone')).toBe(0);
  });

  it('the memory of a cancelled request is released when its worker is done with it, and once', async () => {
    pool = await openTestPool('slow', { reserved: '1', maxWorkers: '1' });
    const controller = new AbortController();
    const onReleased = vi.fn();
    const cancelled = pool.run(RED, { signal: controller.signal, onReleased });
    controller.abort();
    await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(onReleased).not.toHaveBeenCalled();
    await pool.run(RED);
    expect(onReleased).toHaveBeenCalledOnce();
  });

  it('the memory of a request is released with its answer, also when it is refused or two workers died of it', async () => {
    pool = await openTestPool('faulty', { reserved: '1', maxWorkers: '1', queueLimit: '1' });
    for (const picture of [RED, CRASH, Buffer.from('not a picture')]) {
      const onReleased = vi.fn();
      await pool.run(picture, { onReleased }).catch(() => {});
      expect(onReleased).toHaveBeenCalledOnce();
    }
  });

  it('a request that would run past its deadline is told so at the deadline', async () => {
    pool = await openTestPool('slow', { reserved: '1', maxWorkers: '1' });
    await expect(pool.run(RED, { deadlineMs: 100 })).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(await pool.run(RED)).toMatchObject({ worker: 1 });
  });

  it('a model that cannot load is refused with the reason after a few starts, not waited for', async () => {
    pool = await openTestPool('unloadable', {
      modelDir: 'test/fixtures/models-unloadable',
      reserved: '0',
      maxWorkers: '1',
    });
    await expect(pool.run(RED)).rejects.toMatchObject({
      code: 'WORKER_FAILED',
      message: 'unloadable@1 cannot start: 3 attempts failed in a row.',
      retryAfterMs: expect.any(Number),
    });
  });
});
