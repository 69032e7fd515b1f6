import fc from 'fast-check';
import { expect, it } from 'vitest';
import { progress } from '../../src/batches/progress.ts';
import type { BatchEvent, ItemOutcome } from '../../src/batches/types.ts';
import { newItems } from '../conformance/new-items.ts';
import { MemoryStore } from './memory-store.ts';

const CAT: ItemOutcome = { ok: true, label: 'cat', confidence: 1, scores: [] };
const ID = 'a-batch-of-this-test';

/** What happens to the batch and to its subscriber, in any order. */
const story = fc.record({
  items: fc.integer({ min: 1, max: 12 }),
  steps: fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ do: fc.constant('end' as const), item: fc.nat(11) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('begin' as const), item: fc.nat(11) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('giveBack' as const), item: fc.nat(11) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), item: fc.constant(0) }) },
      { weight: 4, arbitrary: fc.record({ do: fc.constant('pause' as const), item: fc.integer({ min: 1, max: 3 }) }) },
    ),
    { maxLength: 60 },
  ),
  sealedBefore: fc.nat(60),
  /** How many events each connection takes before it breaks, and how. */
  connections: fc.array(fc.record({ takes: fc.nat(6), leaves: fc.constantFrom('return', 'abort') }), { maxLength: 12 }),
  /** After how many events the subscriber is slow, for how many turns. */
  slowness: fc.array(fc.nat(4), { minLength: 1, maxLength: 8 }),
});
type Story = typeof story extends fc.Arbitrary<infer Value> ? Value : never;

it('however a subscriber breaks off and resumes, it is given each event once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(story, async (plot) => {
      const { events, store } = await play(plot, Number.POSITIVE_INFINITY);
      expect(events).toEqual(await store.events(ID, 0, 1000));
      expect(store.listeners.size).toBe(0);
    }),
    { numRuns: 300 },
  );
});

it('a subscriber that may be behind by few events is given each event once, or a snapshot in place of some', async () => {
  await fc.assert(
    fc.asyncProperty(story, async (plot) => {
      const { events, store } = await play(plot, 2);
      const recorded = await store.events(ID, 0, 1000);
      let before = 0;
      for (const event of events) {
        expect(event.seq).toBeGreaterThan(before);
        const original = recorded[event.seq - 1] as BatchEvent;
        expect([original, { ...original, item: null }]).toContainEqual(event);
        // Without a gap, unless this is a snapshot.
        if (event.item) expect(event.seq).toBe(before + 1);
        before = event.seq;
      }
      expect(before).toBe(recorded.length);
    }),
    { numRuns: 300 },
  );
});

/** The subscriber resumes, from the beginning, until the batch has ended. */
async function play({ items, steps, sealedBefore, connections, slowness }: Story, maxLag: number) {
  const store = new MemoryStore();
  await store.create({ id: ID, clientBatchId: null, model: 'm@1', topK: null, createdAt: 0 });
  await store.add(ID, newItems(Array.from({ length: items }, (_, i) => `${i}.jpg`)));
  const events: BatchEvent[] = [];

  const subscriber = async () => {
    const breaks = [...connections, { takes: Number.POSITIVE_INFINITY, leaves: 'return' }];
    for (const { takes, leaves } of breaks) {
      const leaving = new AbortController();
      const request = { id: ID, after: events.at(-1)?.seq ?? 0, maxLag, signal: leaving.signal };
      const connection = progress(store, request);
      for (let taken = 0; taken < takes; taken++) {
        const { value } = await connection.next();
        if (!value) return;
        events.push(value);
        await turns(slowness[events.length % slowness.length] as number);
      }
      if (leaves === 'abort') leaving.abort();
      else await connection.return();
    }
  };

  const writer = async () => {
    for (const [i, { do: what, item }] of steps.entries()) {
      if (i === sealedBefore) await store.seal(ID);
      if (what === 'pause') await turns(item);
      else if (what === 'cancel') await store.cancel(ID);
      else if (item >= items) continue;
      else if (what === 'end') store.end(ID, item, CAT);
      else if (what === 'giveBack') store.giveBack(ID, item);
      else if ((await store.items(ID)).nodes[item]?.status === 'queued') store.begin(ID, item);
    }
    await store.seal(ID);
    for (let i = 0; i < items; i++) store.end(ID, i, CAT);
  };

  await Promise.all([subscriber(), writer()]);
  return { events, store };
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}
