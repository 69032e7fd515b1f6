// Facts about one batch on the page: its phases, and that neither a lost answer nor a refusal loses anything.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RequestFailure } from '../../../src/client/answer.ts';
import type { BatchEvent, BatchItem, ItemPage } from '../../../src/client/gateway-client.ts';
import type { BatchState } from '../../../src/client/schema.generated.ts';
import { BatchSession } from '../../../src/web/batch/batch-session.ts';
import type { UploadOptions } from '../../../src/web/batch/upload.ts';
import { type Deferred, deferred } from '../deferred.ts';
import { done, queued } from './items.ts';

const ID = 'a-batch-that-nobody-guesses';
const LOST = new RequestFailure('NO_ANSWER', 'lost', 0);
const NOT_FOUND = new RequestFailure('BATCH_NOT_FOUND', 'no such batch');

interface Subscription extends Deferred<void> {
  after: number;
  tell(seq: number, state: BatchState, item?: BatchItem): void;
}

/** A session whose gateway says what the test says. `count`: photos to upload; 0 for a batch that is there already. */
function open(count: number, known: ItemPage | RequestFailure = NOT_FOUND) {
  const uploads: (Deferred<void> & UploadOptions)[] = [];
  const subscriptions: Subscription[] = [];
  const cancels: Deferred<void>[] = [];
  let page = known;
  const files = Array.from({ length: count }, (_, index) => ({
    file: new File([], `${index}.jpg`),
    name: `${index}.jpg`,
  }));
  const session = new BatchSession(
    ID,
    {
      uploadBatch: (_files, options) => {
        const upload = deferred<void>();
        options.signal.addEventListener('abort', () => upload.reject(new Error('aborted')));
        uploads.push({ ...upload, ...options });
        return upload.promise;
      },
      cancelBatch: () => {
        const cancel = deferred<void>();
        cancels.push(cancel);
        return cancel.promise;
      },
      fetchItems: async () => {
        if (page instanceof RequestFailure) throw page;
        return page;
      },
      listen: (_id, after, { take }, signal) => {
        const ended = deferred<void>();
        signal.addEventListener('abort', () => ended.resolve());
        const tell = (seq: number, state: BatchState, item: BatchItem | null = null) =>
          take({ seq, state, total: count, done: 0, failed: 0, item } satisfies BatchEvent);
        subscriptions.push({ ...ended, after, tell });
        return ended.promise;
      },
      changed: () => {},
    },
    files,
  );
  void session.start();
  const latest = <T>(of: T[]): T => of.at(-1) ?? expect.fail('nothing was asked');
  return {
    session,
    uploads,
    subscriptions,
    upload: () => latest(uploads),
    subscription: () => latest(subscriptions),
    cancel: () => latest(cancels),
    /** What the gateway says of the batch from now on. */
    setPage: (next: ItemPage | RequestFailure) => {
      page = next;
    },
    passed: (ms = 0) => vi.advanceTimersByTimeAsync(ms),
  };
}

function page(seq: number, state: BatchState, nodes: BatchItem[]): ItemPage {
  return { seq, state, total: nodes.length, items: { nodes, next: null } };
}

describe('BatchSession', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('shows results while the upload still lasts, then runs, then is completed', async () => {
    const { session, upload, subscription, passed } = open(2);
    upload().onSent(0.5);
    subscription().tell(1, 'ACCEPTING', done(0));
    expect([session.phase, session.sent, session.answered]).toEqual(['uploading', 0.5, 1]);
    upload().resolve();
    await passed();
    expect(session.phase).toBe('running');
    subscription().tell(2, 'RUNNING');
    subscription().tell(3, 'COMPLETED', done(1));
    subscription().resolve();
    await passed();
    expect([session.phase, session.answered]).toEqual(['completed', 2]);
  });

  it('is completed even if all photos are done before the upload is answered', async () => {
    const { session, subscription, upload, passed } = open(1);
    subscription().tell(1, 'COMPLETED', done(0));
    subscription().resolve();
    await passed();
    expect(session.phase).toBe('completed');
    expect(upload().signal.aborted).toBe(true);
    expect(session.failure).toBeNull();
  });

  it('asks again for a batch that was not there when it asked, though its upload is complete by now', async () => {
    const { session, upload, subscription, subscriptions, passed } = open(1);
    const early = subscription();
    upload().resolve();
    await passed();
    early.reject(NOT_FOUND);
    await passed(1000);
    expect([session.phase, subscriptions.length]).toEqual(['running', 2]);
  });

  it('sends its id with the upload', () => {
    expect(open(1).upload().clientBatchId).toBe(ID);
  });

  it('is refused with the reason of the gateway, and follows no longer', async () => {
    const { session, upload, subscriptions, passed } = open(1);
    upload().reject(new RequestFailure('TOO_MANY_FILES', 'at most 10 files'));
    await passed(60_000);
    expect([session.phase, session.failure?.code]).toEqual(['refused', 'TOO_MANY_FILES']);
    expect(subscriptions).toHaveLength(1);
  });

  it('begins anew under the same id after a refusal', async () => {
    const { session, uploads, upload, subscription, passed } = open(1);
    subscription().tell(1, 'ACCEPTING', done(0));
    upload().reject(new RequestFailure('SPOOL_FULL', 'full', 1000));
    await passed();
    void session.retry();
    await passed();
    expect([session.phase, session.failure, session.answered]).toEqual(['uploading', null, 1]);
    expect(uploads.map(({ clientBatchId }) => clientBatchId)).toEqual([ID, ID]);
    subscription().tell(1, 'COMPLETED', done(0));
    subscription().resolve();
    await passed();
    expect(session.phase).toBe('completed');
  });

  it('goes on if the answer to the upload is lost but the upload is not', async () => {
    const { session, upload, setPage, passed } = open(1);
    setPage(page(1, 'RUNNING', [queued(0)]));
    upload().reject(LOST);
    await passed();
    expect(session.phase).toBe('running');
  });

  it('does not send twice what had arrived although the gateway could not be reached to ask', async () => {
    const { session, uploads, upload, setPage, passed } = open(1);
    setPage(LOST);
    upload().reject(LOST);
    await passed(60_000);
    expect(session.phase).toBe('uploading');
    setPage(page(1, 'RUNNING', [queued(0)]));
    await passed(1000);
    expect(session.phase).toBe('running');
    expect(uploads).toHaveLength(1);
  });

  it('sends all again when the gateway was restarted under the upload, and keeps what it knows', async () => {
    const { session, uploads, upload, subscription, passed } = open(2);
    subscription().tell(1, 'ACCEPTING', done(0));
    upload().reject(LOST);
    await passed(2000);
    expect([session.phase, session.answered, uploads.length, subscription().after]).toEqual(['uploading', 1, 2, 0]);
    upload().resolve();
    subscription().tell(1, 'ACCEPTING', done(1));
    subscription().tell(2, 'COMPLETED', done(0));
    subscription().resolve();
    await passed();
    expect([session.phase, session.answered]).toEqual(['completed', 2]);
  });

  it('loads a batch that is there already', async () => {
    const { session, subscriptions, passed } = open(0, page(5, 'RUNNING', [done(0), queued(1)]));
    expect(session.phase).toBe('loading');
    await passed();
    expect([session.phase, session.items.size, session.answered]).toEqual(['running', 2, 1]);
    expect(subscriptions).toHaveLength(1);
  });

  it('knows its photos by what the gateway says', async () => {
    const { session, passed } = open(0, page(5, 'RUNNING', [{ ...done(0), name: 'cats/0.jpg' }, queued(1)]));
    await passed();
    expect([...session.items].map(({ name }) => name)).toEqual(['cats/0.jpg', '1.jpg']);
  });

  it('is gone if the gateway does not have it any more', async () => {
    const { session, passed } = open(0);
    await passed();
    expect(session.phase).toBe('gone');
  });

  it('goes on loading when the gateway comes back', async () => {
    const { session, setPage, passed } = open(0, LOST);
    await passed();
    expect([session.phase, session.isConnected]).toEqual(['loading', false]);
    setPage(page(1, 'COMPLETED', [done(0)]));
    await passed(1000);
    expect([session.phase, session.isConnected]).toEqual(['completed', true]);
  });

  it('cancels: the upload stops, what waits is cancelled, what ran is kept', async () => {
    const { session, upload, cancel, subscription, passed } = open(3);
    subscription().tell(1, 'ACCEPTING', done(0));
    void session.cancel();
    expect(session.isCancelling).toBe(true);
    cancel().resolve();
    await passed();
    expect(upload().signal.aborted).toBe(true);
    subscription().tell(2, 'CANCELLED');
    subscription().tell(3, 'CANCELLED', done(1));
    subscription().resolve();
    await passed();
    expect(session.phase).toBe('cancelled');
    expect([...session.items].map(({ status }) => status)).toEqual(['DONE', 'DONE', 'CANCELLED']);
  });

  it('takes no refusal for a failure that comes from cancelling', async () => {
    const { session, upload, subscription, passed } = open(1);
    void session.cancel();
    upload().reject(new RequestFailure('CANCELLED', 'The upload was aborted.'));
    await passed();
    subscription().tell(1, 'CANCELLED');
    subscription().resolve();
    await passed();
    expect([session.phase, session.failure]).toEqual(['cancelled', null]);
  });

  it('cancels an upload that the gateway has not seen yet', async () => {
    const { session, upload, cancel, passed } = open(1);
    void session.cancel();
    cancel().reject(NOT_FOUND);
    await passed();
    expect([session.phase, upload().signal.aborted]).toEqual(['cancelled', true]);
  });

  it('says why it could not be cancelled, and runs on', async () => {
    const { session, cancel, upload, passed } = open(1);
    upload().resolve();
    void session.cancel();
    cancel().reject(LOST);
    await passed();
    expect([session.phase, session.isCancelling, session.failure?.code]).toEqual(['running', false, 'NO_ANSWER']);
  });

  it('measures how many photos are answered in a second', async () => {
    const { session, subscription, passed } = open(4);
    expect(session.rate).toBeNull();
    subscription().tell(1, 'ACCEPTING', done(0));
    subscription().tell(2, 'ACCEPTING', done(1));
    await passed(2000);
    expect(session.rate).toBeCloseTo(1);
  });

  it('leaves no timer and no request behind once it is closed', async () => {
    const { session, upload, subscriptions, passed } = open(1);
    session.close();
    await passed(60_000);
    expect(upload().signal.aborted).toBe(true);
    expect(subscriptions).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});
