// Facts about the upload queue: how many run, in which order, and what aborting does.
import { describe, expect, it } from 'vitest';
import { UploadQueue } from '../../src/web/upload-queue.ts';
import { deferred, settled } from './deferred.ts';

const never = new AbortController().signal;

/** Offers uploads 0 … count − 1, and tells which of them have started. */
function offer(queue: UploadQueue, count: number) {
  const started: number[] = [];
  const uploads = Array.from({ length: count }, () => deferred<string>());
  const outcomes = uploads.map((upload, index) =>
    queue.run(() => {
      started.push(index);
      return upload.promise;
    }, never),
  );
  return { started, uploads, outcomes };
}

describe('UploadQueue', () => {
  it('starts no more uploads than its limit', async () => {
    const { started } = offer(new UploadQueue(4), 10);
    await settled();
    expect(started).toEqual([0, 1, 2, 3]);
  });

  it('starts one waiting upload, the oldest, for each that ends, whichever it is', async () => {
    const { started, uploads } = offer(new UploadQueue(2), 5);
    uploads[1]?.resolve('b');
    await settled();
    expect(started).toEqual([0, 1, 2]);
    uploads[0]?.resolve('a');
    uploads[2]?.resolve('c');
    await settled();
    expect(started).toEqual([0, 1, 2, 3, 4]);
  });

  it('never lets a newcomer overtake one that waits', async () => {
    const queue = new UploadQueue(1);
    const { started, uploads } = offer(queue, 2);
    await settled();
    uploads[0]?.resolve('a');
    const newcomer = queue.run(async () => started.push(99), never);
    uploads[1]?.resolve('b');
    await newcomer;
    expect(started).toEqual([0, 1, 99]);
  });

  it('settles as the upload does, and a failure frees the place', async () => {
    const { uploads, outcomes } = offer(new UploadQueue(1), 2);
    uploads[0]?.reject(new Error('refused'));
    uploads[1]?.resolve('cat');
    await expect(outcomes[0]).rejects.toThrow('refused');
    await expect(outcomes[1]).resolves.toBe('cat');
  });

  it('never starts an upload that was aborted before its turn, and goes on with the next', async () => {
    const queue = new UploadQueue(1);
    const abort = new AbortController();
    const first = deferred<string>();
    let started = false;
    void queue.run(() => first.promise, never);
    const aborted = queue.run(async () => {
      started = true;
    }, abort.signal);
    const last = queue.run(async () => 'last', never);
    abort.abort();
    first.resolve('first');
    await expect(aborted).rejects.toThrow();
    await expect(last).resolves.toBe('last');
    expect(started).toBe(false);
  });

  it('takes up to its limit again after it ran empty', async () => {
    const queue = new UploadQueue(2);
    await Promise.all([1, 2, 3].map((n) => queue.run(async () => n, never)));
    const { started } = offer(queue, 3);
    await settled();
    expect(started).toEqual([0, 1]);
  });
});
