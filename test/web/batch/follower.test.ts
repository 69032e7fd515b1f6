// Facts about following a batch: no item is missed, none is asked for twice without need, whatever happens to the connection.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RequestFailure } from '../../../src/client/answer.ts';
import type { BatchEvent, BatchItem, ItemPage } from '../../../src/client/gateway-client.ts';
import type { BatchState } from '../../../src/client/schema.generated.ts';
import { Follower } from '../../../src/web/batch/follower.ts';
import { type Deferred, deferred } from '../deferred.ts';
import { done, queued } from './items.ts';

const STEP_MS = 50;
const LONG_MS = 20_000;

interface Subscription extends Deferred<void> {
  after: number;
  signal: AbortSignal;
  tell(seq: number, state: BatchState, item?: BatchItem): void;
  isThere(): void;
}

/** A follower of a batch whose gateway says what the test says. */
function follow(options: { isNew?: boolean; pages?: ItemPage[]; mayBeMissing?: boolean } = {}) {
  const { isNew = true, pages = [], mayBeMissing = false } = options;
  const subscriptions: Subscription[] = [];
  const asked: (string | null)[] = [];
  const items = new Map<number, BatchItem>();
  const states: BatchState[] = [];
  const connected: boolean[] = [];
  const abort = new AbortController();
  const follower = new Follower({
    id: 'a-batch',
    isNew,
    signal: abort.signal,
    fetchItems: async (_id, after) => {
      asked.push(after);
      const page = pages.shift();
      if (!page) throw new RequestFailure('NO_ANSWER', 'gone', 0);
      return page;
    },
    listen: (_id, after, { take, isThere }, signal) => {
      const ended = deferred<void>();
      signal.addEventListener('abort', () => ended.resolve());
      const tell = (seq: number, state: BatchState, item: BatchItem | null = null) =>
        take({ seq, state, total: 3, done: 0, failed: 0, item } satisfies BatchEvent);
      subscriptions.push({ ...ended, after, signal, tell, isThere });
      return ended.promise;
    },
    mayBeMissing: () => mayBeMissing,
    takeItem: (item) => items.set(item.index, item),
    takeState: (state) => states.push(state),
    connected: (isConnected) => connected.push(isConnected),
  });
  const ended = follower.follow();
  ended.catch(() => {});
  /** Lets time pass until it is there. */
  async function subscription(at: number): Promise<Subscription> {
    for (let waited = 0; waited < LONG_MS && !subscriptions[at]; waited += STEP_MS) {
      await vi.advanceTimersByTimeAsync(STEP_MS);
    }
    return subscriptions[at] ?? expect.fail(`There is no subscription ${at}.`);
  }
  return { follower, ended, abort, subscriptions, subscription, asked, items, states, connected };
}

function page(seq: number, state: BatchState, nodes: BatchItem[], next: string | null = null): ItemPage {
  return { seq, state, total: 3, items: { nodes, next } };
}

describe('Follower', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('asks for all events of a new batch, and ends when they have ended', async () => {
    const { ended, subscription, items, asked } = follow();
    const { after, tell, resolve } = await subscription(0);
    tell(1, 'ACCEPTING', done(0));
    tell(2, 'RUNNING');
    tell(3, 'COMPLETED', done(1));
    resolve();
    await ended;
    expect(after).toBe(0);
    expect([...items.keys()]).toEqual([0, 1]);
    expect(asked).toEqual([]);
  });

  it('reads all pages of a batch that is there already, then goes on after the event that the first page knew', async () => {
    const pages = [page(7, 'RUNNING', [done(0)], 'p2'), page(9, 'RUNNING', [queued(1), done(2)])];
    const { asked, items, subscription } = follow({ isNew: false, pages });
    expect((await subscription(0)).after).toBe(7);
    expect(asked).toEqual([null, 'p2']);
    expect(items.size).toBe(3);
  });

  it('does not subscribe to a batch that is completed', async () => {
    const { ended, subscriptions, states } = follow({ isNew: false, pages: [page(4, 'COMPLETED', [done(0)])] });
    await ended;
    expect(subscriptions).toEqual([]);
    expect(states).toEqual(['COMPLETED']);
  });

  it('follows a cancelled batch until what still ran has ended', async () => {
    const { ended, subscription, items } = follow({ isNew: false, pages: [page(4, 'CANCELLED', [queued(0)])] });
    const { tell, resolve } = await subscription(0);
    tell(5, 'CANCELLED', done(0));
    resolve();
    await ended;
    expect(items.get(0)?.status).toBe('DONE');
  });

  it('ends with a cancelled batch in which nothing ran any more', async () => {
    const { ended, subscription } = follow({ isNew: false, pages: [page(4, 'CANCELLED', [])] });
    (await subscription(0)).resolve();
    await ended;
  });

  it('comes back after the last event when the connection breaks, and says so meanwhile', async () => {
    const { subscription, connected, asked } = follow();
    const first = await subscription(0);
    first.tell(1, 'RUNNING');
    first.tell(2, 'RUNNING', done(0));
    first.reject(new RequestFailure('NO_ANSWER', 'cut', 0));
    const second = await subscription(1);
    expect(second.after).toBe(2);
    expect(connected.at(-1)).toBe(false);
    second.tell(3, 'RUNNING', done(1));
    expect(connected.at(-1)).toBe(true);
    expect(asked).toEqual([]);
  });

  it('comes back when the gateway ends the stream before the batch has ended', async () => {
    const { subscription } = follow();
    const first = await subscription(0);
    first.tell(1, 'RUNNING');
    first.resolve();
    expect((await subscription(1)).after).toBe(1);
  });

  it('waits longer from failure to failure, but never more than 5 s', async () => {
    const { subscription } = follow();
    const starts: number[] = [];
    for (let at = 0; at < 8; at++) {
      const { reject } = await subscription(at);
      starts.push(Date.now());
      reject(new RequestFailure('NO_ANSWER', 'cut', 0));
    }
    const pauses = starts.slice(1).map((start, at) => start - (starts[at] ?? 0));
    expect(pauses).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
  });

  it('says that the gateway is there as soon as it shows life, although there is nothing to tell', async () => {
    const { subscription, connected } = follow();
    (await subscription(0)).reject(new RequestFailure('NO_ANSWER', 'cut', 0));
    const { isThere } = await subscription(1);
    expect(connected.at(-1)).toBe(false);
    isThere();
    expect(connected.at(-1)).toBe(true);
  });

  it('asks for all events again of a batch that is made anew, though it has as many by now', async () => {
    const { follower, subscription, items } = follow();
    const first = await subscription(0);
    first.tell(1, 'ACCEPTING', done(0));
    follower.startOver();
    const second = await subscription(1);
    expect([first.signal.aborted, second.after]).toEqual([true, 0]);
    second.tell(1, 'ACCEPTING', done(1));
    expect([...items.keys()]).toEqual([0, 1]);
  });

  it('ignores events that it has', async () => {
    const { subscription, items } = follow();
    const { tell } = await subscription(0);
    tell(1, 'RUNNING', done(0));
    tell(1, 'RUNNING', done(2));
    expect([...items.keys()]).toEqual([0]);
  });

  it('reads the items anew where the gateway left events out', async () => {
    const pages = [page(9, 'RUNNING', [done(0), done(1)])];
    const { subscription, items, asked } = follow({ pages });
    const first = await subscription(0);
    first.tell(1, 'RUNNING');
    first.tell(8, 'RUNNING');
    const second = await subscription(1);
    expect(first.signal.aborted).toBe(true);
    expect(asked).toEqual([null]);
    expect(items.size).toBe(2);
    expect(second.after).toBe(9);
  });

  it('reads the items anew once another page has sent them all', async () => {
    const pages = [page(1, 'ACCEPTING', [queued(0)]), page(3, 'RUNNING', [queued(0), queued(1)])];
    const { subscription, items } = follow({ isNew: false, pages });
    const first = await subscription(0);
    first.tell(2, 'RUNNING');
    await subscription(1);
    expect(items.get(1)?.name).toBe('1.jpg');
  });

  it('begins anew if its last event is beyond what the gateway knows', async () => {
    const { subscription, asked } = follow({ pages: [page(2, 'RUNNING', [done(0)])] });
    const first = await subscription(0);
    first.tell(1, 'RUNNING');
    first.reject(
      new RequestFailure('BAD_USER_INPUT', 'after is 1; it must be a whole number from 0 to 0, the latest.'),
    );
    expect((await subscription(1)).after).toBe(2);
    expect(asked).toEqual([null]);
  });

  it('asks again for a batch that may not be there yet, without a word of a lost connection', async () => {
    const { subscription, connected } = follow({ mayBeMissing: true });
    (await subscription(0)).reject(new RequestFailure('BATCH_NOT_FOUND', 'no such batch'));
    await subscription(1);
    expect(connected).toEqual([]);
  });

  it('fails if there is no such batch', async () => {
    const { ended, subscription } = follow();
    (await subscription(0)).reject(new RequestFailure('BATCH_NOT_FOUND', 'no such batch'));
    await expect(ended).rejects.toMatchObject({ code: 'BATCH_NOT_FOUND' });
  });

  it('stops when it is told to, even while it waits to come back', async () => {
    const { ended, abort, subscription, subscriptions } = follow();
    (await subscription(0)).reject(new RequestFailure('NO_ANSWER', 'cut', 0));
    abort.abort();
    await ended;
    expect(subscriptions).toHaveLength(1);
  });
});
