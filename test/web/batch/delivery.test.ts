// Facts about how photos get to the gateway: all of them, once, whatever breaks the upload off; and that a refusal is final.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RequestFailure } from '../../../src/client/answer.ts';
import type { ItemPage } from '../../../src/client/gateway-client.ts';
import type { BatchState } from '../../../src/client/schema.generated.ts';
import { deliver, MOST_UPLOADS } from '../../../src/web/batch/delivery.ts';

const LOST = new RequestFailure('NO_ANSWER', 'lost', 0);
const NOT_FOUND = new RequestFailure('BATCH_NOT_FOUND', 'no such batch');

/** What becomes of each upload, and what the gateway says in turn when it is asked for the batch; the last word again and again. */
function send(uploads: (RequestFailure | 'arrives')[], words: (RequestFailure | BatchState)[], isRepeated = false) {
  const abort = new AbortController();
  const calls: string[] = [];
  const outcome = deliver({
    files: [],
    upload: { clientBatchId: 'a-batch', model: undefined, signal: abort.signal, onSent: () => {} },
    isRepeated,
    onAgain: () => calls.push('again'),
    uploadBatch: async () => {
      calls.push('upload');
      const what = uploads.shift() ?? 'arrives';
      if (what !== 'arrives') throw what;
    },
    fetchItems: async () => {
      calls.push('ask');
      const word = (words.length > 1 ? words.shift() : words[0]) as RequestFailure | BatchState;
      if (word instanceof RequestFailure) throw word;
      return { state: word, total: 0, seq: 0, items: { nodes: [], next: null } } satisfies ItemPage;
    },
  });
  outcome.catch(() => {});
  return { abort, calls, outcome, passed: (ms: number) => vi.advanceTimersByTimeAsync(ms) };
}

describe('the delivery of photos', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is one upload if nothing goes wrong', async () => {
    const { calls, outcome } = send(['arrives'], [NOT_FOUND]);
    await outcome;
    expect(calls).toEqual(['upload']);
  });

  it.each([
    ['the network', LOST],
    ['a gateway that shuts down', new RequestFailure('CANCELLED', 'shutting down')],
    ['a proxy without a gateway', new RequestFailure('HTTP_502', 'bad gateway')],
  ])('sends again what %s broke off, and tells that it begins anew', async (_, failure) => {
    const { calls, outcome, passed } = send([failure, 'arrives'], [NOT_FOUND]);
    await passed(5000);
    await outcome;
    expect(calls).toEqual(['upload', 'ask', 'again', 'upload']);
  });

  it('does not send again what arrived', async () => {
    const { calls, outcome } = send([LOST], ['RUNNING']);
    await outcome;
    expect(calls).toEqual(['upload', 'ask']);
  });

  it('waits until the gateway is there, and has put away what it holds of the upload', async () => {
    const { calls, outcome, passed } = send([LOST, 'arrives'], [LOST, LOST, 'ACCEPTING', NOT_FOUND]);
    await passed(10_000);
    await outcome;
    expect(calls).toEqual(['upload', 'ask', 'ask', 'ask', 'ask', 'again', 'upload']);
  });

  it('asks first when it is repeated', async () => {
    const { calls, outcome } = send([], ['COMPLETED'], true);
    await outcome;
    expect(calls).toEqual(['ask']);
  });

  it('is given up when the gateway refuses it', async () => {
    const { calls, outcome } = send([new RequestFailure('TOO_MANY_FILES', 'at most 10')], [NOT_FOUND]);
    await expect(outcome).rejects.toMatchObject({ code: 'TOO_MANY_FILES' });
    expect(calls).toEqual(['upload']);
  });

  it('is given up when it breaks again and again, as with a photo that cannot be read any more', async () => {
    const { calls, outcome, passed } = send(Array(100).fill(LOST), [NOT_FOUND]);
    await passed(60_000);
    await expect(outcome).rejects.toBe(LOST);
    expect(calls.filter((call) => call === 'upload')).toHaveLength(MOST_UPLOADS);
  });

  it('is nothing more once it is aborted', async () => {
    const { abort, calls, outcome, passed } = send([LOST], [LOST]);
    await passed(0);
    abort.abort();
    await expect(outcome).rejects.toThrow('aborted');
    await passed(60_000);
    expect(calls).toEqual(['upload', 'ask']);
    expect(vi.getTimerCount()).toBe(0);
  });
});
