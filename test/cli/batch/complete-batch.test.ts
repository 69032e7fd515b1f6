import { PassThrough } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { expect, it, vi } from 'vitest';
import type { BatchClient } from '../../../src/cli/batch/batch-client.ts';
import { completeBatch } from '../../../src/cli/batch/run-batches.ts';
import { Display } from '../../../src/cli/display.ts';
import { NO_ANSWER, RequestFailure } from '../../../src/client/answer.ts';
import type { Batch, BatchListener } from '../../../src/client/gateway-client.ts';

const COMPLETED: Batch = { state: 'COMPLETED', total: 1, done: 1, failed: 0, cancelled: 0, seq: 2 };

const EVENT = { ...COMPLETED, state: 'RUNNING', done: 0, item: null } as const;

/** A gateway whose answers are these, one after the other. */
function completeWith(
  found: readonly (Batch | null)[],
  uploads: readonly (RequestFailure | null)[],
  patienceMs = 1000,
) {
  const upload = vi.fn(async () => {
    const refusal = uploads[upload.mock.calls.length - 1];
    if (refusal) throw refusal;
  });
  const findBatch = vi.fn(async () => found[findBatch.mock.calls.length - 1] ?? null);
  const listen = vi.fn(async (_id: string, _after: number, { take }: BatchListener) => take(EVENT));
  const completed = completeBatch({
    client: { findBatch, upload, listen } as unknown as BatchClient,
    request: { clientBatchId: 'an-id', model: null, topK: null },
    pictures: [{ path: 'a.jpg', size: 1, mtimeMs: 0 }],
    display: new Display(new PassThrough() as unknown as WriteStream, true),
    title: '',
    patienceMs,
    signal: new AbortController().signal,
    onRetry: () => {},
  });
  return { completed, upload, listen };
}

it('what the gateway has is not sent', async () => {
  const { completed, upload } = completeWith([COMPLETED], []);
  expect(await completed).toBe(COMPLETED);
  expect(upload).not.toHaveBeenCalled();
});

it('what the gateway works on is listened to from its latest event on', async () => {
  const { completed, listen } = completeWith([{ ...COMPLETED, state: 'RUNNING', done: 0, seq: 7 }, COMPLETED], []);
  expect(await completed).toBe(COMPLETED);
  expect(listen.mock.calls.map(([id, after]) => [id, after])).toEqual([['an-id', 7]]);
});

it('a batch that is cancelled has ended once nothing of it runs', async () => {
  const cancelled: Batch = { ...COMPLETED, state: 'CANCELLED', total: 5, failed: 1, cancelled: 2 };
  const ended = { ...cancelled, cancelled: 3 };
  expect(await completeWith([cancelled, ended], []).completed).toBe(ended);
});

it.each([NO_ANSWER, 'CANCELLED'])(
  'an upload that ended with %s is looked for before it is sent again',
  async (code) => {
    const found = completeWith([null, COMPLETED], [new RequestFailure(code, 'no answer')]);
    expect(await found.completed).toBe(COMPLETED);
    expect(found.upload).toHaveBeenCalledTimes(1);
    const lost = completeWith([null, null, COMPLETED], [new RequestFailure(code, 'no answer'), null]);
    expect(await lost.completed).toBe(COMPLETED);
    expect(lost.upload).toHaveBeenCalledTimes(2);
  },
);

it('what is refused for good is not sent again', async () => {
  const refusal = new RequestFailure('TOO_MANY_FILES', 'too many');
  const { completed, upload } = completeWith([null], [refusal]);
  await expect(completed).rejects.toBe(refusal);
  expect(upload).toHaveBeenCalledTimes(1);
});

it('a batch that the gateway loses right after it took it is not sent for ever', async () => {
  const { completed, upload } = completeWith([], []);
  await expect(completed).rejects.toMatchObject({ code: 'BATCH_NOT_FOUND' });
  expect(upload).toHaveBeenCalledTimes(1);
});
