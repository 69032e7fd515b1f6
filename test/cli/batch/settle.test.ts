import { PassThrough } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { expect, it, vi } from 'vitest';
import { Display } from '../../../src/cli/batch/display.ts';
import type { Batch, GatewayClient } from '../../../src/cli/batch/gateway-client.ts';
import { NO_ANSWER, Refusal } from '../../../src/cli/batch/refusal.ts';
import { settle } from '../../../src/cli/batch/settle.ts';

const COMPLETED: Batch = { state: 'COMPLETED', total: 1, done: 1, failed: 0, cancelled: 0, seq: 2 };

/** A gateway whose answers are these, one after the other. */
function settleWith(found: readonly (Batch | null)[], uploads: readonly (Refusal | null)[], patienceMs = 1000) {
  const upload = vi.fn(async () => {
    const refusal = uploads[upload.mock.calls.length - 1];
    if (refusal) throw refusal;
  });
  const find = vi.fn(async () => found[find.mock.calls.length - 1] ?? null);
  const listen = vi.fn(async (_id: string, _after: number) => true);
  const settled = settle({
    client: { find, upload, listen } as unknown as GatewayClient,
    request: { clientBatchId: 'an-id', model: null, topK: null },
    pictures: [{ path: 'a.jpg', size: 1, mtimeMs: 0 }],
    display: new Display(new PassThrough() as unknown as WriteStream, true),
    title: '',
    patienceMs,
    signal: new AbortController().signal,
    onRetry: () => {},
  });
  return { settled, upload, listen };
}

it('what the gateway has is not sent', async () => {
  const { settled, upload } = settleWith([COMPLETED], []);
  expect(await settled).toBe(COMPLETED);
  expect(upload).not.toHaveBeenCalled();
});

it('what the gateway works on is listened to from its latest event on', async () => {
  const { settled, listen } = settleWith([{ ...COMPLETED, state: 'RUNNING', done: 0, seq: 7 }, COMPLETED], []);
  expect(await settled).toBe(COMPLETED);
  expect(listen.mock.calls.map(([id, after]) => [id, after])).toEqual([['an-id', 7]]);
});

it('a batch that is cancelled has ended once nothing of it runs', async () => {
  const cancelled: Batch = { ...COMPLETED, state: 'CANCELLED', total: 5, failed: 1, cancelled: 2 };
  const ended = { ...cancelled, cancelled: 3 };
  expect(await settleWith([cancelled, ended], []).settled).toBe(ended);
});

it.each([NO_ANSWER, 'CANCELLED'])(
  'an upload that ended with %s is looked for before it is sent again',
  async (code) => {
    const found = settleWith([null, COMPLETED], [new Refusal(code, 'no answer')]);
    expect(await found.settled).toBe(COMPLETED);
    expect(found.upload).toHaveBeenCalledTimes(1);
    const lost = settleWith([null, null, COMPLETED], [new Refusal(code, 'no answer'), null]);
    expect(await lost.settled).toBe(COMPLETED);
    expect(lost.upload).toHaveBeenCalledTimes(2);
  },
);

it('what is refused for good is not sent again', async () => {
  const refusal = new Refusal('TOO_MANY_FILES', 'too many');
  const { settled, upload } = settleWith([null], [refusal]);
  await expect(settled).rejects.toBe(refusal);
  expect(upload).toHaveBeenCalledTimes(1);
});

it('a batch that the gateway loses right after it took it is not sent for ever', async () => {
  const { settled, upload } = settleWith([], []);
  await expect(settled).rejects.toMatchObject({ code: 'BATCH_NOT_FOUND' });
  expect(upload).toHaveBeenCalledTimes(1);
});
