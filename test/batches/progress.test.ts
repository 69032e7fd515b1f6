import { describe, expect, it } from 'vitest';
import { type ProgressRequest, progress } from '../../src/batches/progress.ts';
import type { BatchEvent, ItemOutcome } from '../../src/batches/types.ts';
import { newItems } from '../conformance/new-items.ts';
import { MemoryStore } from './memory-store.ts';

const CAT: ItemOutcome = { ok: true, label: 'cat', confidence: 1, scores: [] };
const ID = 'a-batch-of-this-test';
const CLIENT_ID = 'what-the-client-calls-it';

async function storeWith(items: number): Promise<MemoryStore> {
  const store = new MemoryStore();
  await store.create({ id: ID, clientBatchId: CLIENT_ID, model: 'm@1', topK: null, createdAt: 0 });
  await store.add(ID, newItems(Array.from({ length: items }, (_, i) => `${i}.jpg`)));
  return store;
}

function subscribe(store: MemoryStore, request: Partial<ProgressRequest> = {}) {
  const signal = new AbortController().signal;
  return progress(store, { id: ID, after: null, maxLag: 1000, signal, ...request });
}

async function take(events: AsyncGenerator<BatchEvent, void>): Promise<BatchEvent> {
  const { value, done } = await events.next();
  if (done || !value) throw new Error('the progress has ended');
  return value;
}

async function all(events: AsyncGenerator<BatchEvent, void>): Promise<number[]> {
  const seqs: number[] = [];
  for await (const { seq } of events) seqs.push(seq);
  return seqs;
}

describe('progress of a batch', () => {
  it('begins with a snapshot, goes on with every event and ends with the batch', async () => {
    const store = await storeWith(2);
    store.end(ID, 0, CAT);
    const events = subscribe(store);
    expect(await take(events)).toEqual({ seq: 1, state: 'accepting', total: 2, done: 1, failed: 0, item: null });
    await store.seal(ID);
    expect(await take(events)).toMatchObject({ seq: 2, state: 'running', item: null });
    store.end(ID, 1, { ok: false, code: 'BAD_IMAGE', message: 'no picture' });
    expect(await take(events)).toMatchObject({
      seq: 3,
      state: 'completed',
      done: 1,
      failed: 1,
      item: { index: 1, name: '1.jpg', status: 'failed' },
    });
    expect((await events.next()).done).toBe(true);
  });

  it('waits for events that come later', async () => {
    const store = await storeWith(1);
    const events = subscribe(store, { after: 0 });
    const next = events.next();
    await turn();
    await store.seal(ID);
    expect((await next).value).toMatchObject({ seq: 1, state: 'running' });
  });

  it("can be asked for by the client's own id", async () => {
    const store = await storeWith(1);
    const events = subscribe(store, { id: CLIENT_ID });
    expect(await take(events)).toMatchObject({ seq: 0, total: 1 });
    const next = events.next();
    await turn();
    await store.seal(ID);
    expect((await next).value).toMatchObject({ seq: 1 });
  });

  it('resumes after an event, without a snapshot', async () => {
    const store = await storeWith(3);
    for (const i of [2, 0, 1]) store.end(ID, i, CAT);
    await store.seal(ID);
    expect(await all(subscribe(store, { after: 2 }))).toEqual([3, 4]);
    expect(await all(subscribe(store, { after: 4 }))).toEqual([]);
    expect(await all(subscribe(store))).toEqual([4]);
  });

  it('resumes with every event, however many they are', async () => {
    const store = await storeWith(250);
    for (let i = 0; i < 250; i++) store.end(ID, i, CAT);
    await store.seal(ID);
    expect(await all(subscribe(store, { after: 0, maxLag: 10 }))).toEqual(Array.from({ length: 251 }, (_, i) => i + 1));
  });

  it('gives a snapshot in place of what a subscriber is too slow for', async () => {
    const store = await storeWith(30);
    const events = subscribe(store, { maxLag: 10 });
    await take(events);
    for (let i = 0; i < 10; i++) store.end(ID, i, CAT);
    expect(await take(events)).toMatchObject({ seq: 1, item: { index: 0 } });
    for (let i = 10; i < 25; i++) store.end(ID, i, CAT);
    // The page that was read already holds the first ten.
    for (let seq = 2; seq <= 10; seq++) expect(await take(events)).toMatchObject({ seq });
    expect(await take(events)).toEqual({ seq: 25, state: 'accepting', total: 30, done: 25, failed: 0, item: null });
    store.end(ID, 25, CAT);
    expect(await take(events)).toMatchObject({ seq: 26, item: { index: 25 } });
  });

  it('refuses an `after` that is no number of an event, and says which there are', async () => {
    const store = await storeWith(1);
    await store.seal(ID);
    for (const after of [2, -1, 0.5, Number.NaN]) {
      await expect(all(subscribe(store, { after }))).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
        message: `after is ${after}; it must be a whole number from 0 to 1, the latest.`,
      });
    }
    expect(store.listeners.size).toBe(0);
  });

  it('refuses a batch that is not there', async () => {
    const request = { id: 'x'.repeat(1000) };
    await expect(all(subscribe(new MemoryStore(), request))).rejects.toMatchObject({
      code: 'BATCH_NOT_FOUND',
      message: `There is no batch "${'x'.repeat(200)}".`,
    });
  });

  it('of a cancelled batch ends once the items that ran have ended', async () => {
    const store = await storeWith(3);
    store.begin(ID, 0);
    store.begin(ID, 1);
    const events = subscribe(store);
    await take(events);
    await store.cancel(ID);
    expect(await take(events)).toMatchObject({ seq: 1, state: 'cancelled' });
    const next = events.next();
    store.end(ID, 1, CAT);
    expect((await next).value).toMatchObject({ seq: 2, done: 1 });
    // No event tells of this one.
    const end = events.next();
    store.giveBack(ID, 0);
    expect((await end).done).toBe(true);
  });

  it.each([
    ['pruned', (store: MemoryStore) => store.prune(1, 0)],
    ['discarded', (store: MemoryStore) => store.discard(ID)],
  ])('ends when the batch is %s while a subscriber waits', async (how, remove) => {
    const store = await storeWith(2);
    const events = subscribe(store);
    await take(events);
    if (how === 'pruned') {
      store.begin(ID, 0);
      await store.cancel(ID);
      await take(events);
    }
    const end = events.next();
    await turn();
    await remove(store);
    expect((await end).done).toBe(true);
    expect(store.listeners.size).toBe(0);
  });

  it('ends when the batch is removed between two looks at it', async () => {
    const store = await storeWith(2);
    const events = subscribe(store, { after: 0 });
    const end = events.next();
    await turn();
    store.onCall = (method) => {
      if (method !== 'events') return;
      store.onCall = () => {};
      void store.discard(ID);
    };
    store.end(ID, 0, CAT);
    expect((await end).done).toBe(true);
  });

  it('tells that the store is out of reach, and can be resumed after it', async () => {
    const store = await storeWith(2);
    const events = subscribe(store);
    const { seq } = await take(events);
    store.outage = 'The disk is gone.';
    store.end(ID, 0, CAT);
    await expect(events.next()).rejects.toMatchObject({ code: 'OVERLOADED', message: 'The disk is gone.' });
    expect(store.listeners.size).toBe(0);
    store.outage = null;
    store.end(ID, 1, CAT);
    await store.seal(ID);
    expect(await all(subscribe(store, { after: seq }))).toEqual([1, 2, 3]);
  });

  it('looks again when the store cannot tell which batch has changed', async () => {
    const store = await storeWith(1);
    const events = subscribe(store, { after: 0 });
    const next = events.next();
    await turn();
    const forgotten = [...store.listeners];
    store.listeners.clear();
    await store.seal(ID);
    for (const listener of forgotten) listener(null);
    expect((await next).value).toMatchObject({ seq: 1 });
  });
});

describe('a subscriber that leaves', () => {
  const waiting = async (request: Partial<ProgressRequest> = {}) => {
    const store = await storeWith(1);
    const events = subscribe(store, { after: 0, ...request });
    const next = events.next();
    await turn();
    expect(store.listeners.size).toBe(1);
    return { store, events, next };
  };

  it('by `return` while it waits ends at once and leaves no listener', async () => {
    const { store, events, next } = await waiting();
    await events.return();
    expect((await next).done).toBe(true);
    expect(store.listeners.size).toBe(0);
  });

  it('by its signal while it waits ends at once and leaves no listener', async () => {
    const leaving = new AbortController();
    const { store, next } = await waiting({ signal: leaving.signal });
    leaving.abort();
    expect((await next).done).toBe(true);
    expect(store.listeners.size).toBe(0);
  });

  it('by `throw` or in the middle of a loop leaves no listener', async () => {
    const store = await storeWith(1);
    const events = subscribe(store);
    await take(events);
    await expect(events.throw(new Error('enough'))).rejects.toThrow('enough');
    for await (const _ of subscribe(store)) break;
    expect(store.listeners.size).toBe(0);
  });

  it('before it has begun is told nothing', async () => {
    const store = await storeWith(1);
    expect(await all(subscribe(store, { signal: AbortSignal.abort() }))).toEqual([]);
    const events = subscribe(store);
    await events.return();
    expect((await events.next()).done).toBe(true);
    expect(store.listeners.size).toBe(0);
  });
});

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
