/**
 * A store under everything that can happen to it, in any order: uploads, runs, cancellations, crashes. Whatever was answered
 * stays true, and whatever is read is consistent in itself.
 */
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Batch, BatchEvent, BatchItem, ItemOutcome } from '../../src/batches/types.ts';
import { Bench, type Runs, type StoreUnderTest } from './bench.ts';
import { BAD_IMAGE, outcomeOf } from './outcomes.ts';

/** A picture that is there at the fifth is taken for the cause. */
const MOST_DEATHS = 4;

interface KnownBatch {
  readonly id: string;
  readonly names: string[];
  isUploading: boolean;
  /** As they were read last. */
  events: readonly BatchEvent[];
}

/** What was done to a store, and thus has to be in it. */
class History {
  readonly #bench: Bench;
  #runs: Runs;
  #known: KnownBatch[] = [];
  #gone: string[] = [];
  #deaths = 0;

  constructor(bench: Bench) {
    this.#bench = bench;
    this.#runs = bench.process(2);
  }

  /** What can happen; `n` picks what it happens to. */
  readonly steps = {
    create: async (n: number) => {
      const wanted = this.#bench.newBatch({ clientBatchId: n % 3 === 0 ? null : `client batch ${n % 3}` });
      const { batch, created } = await this.#bench.store.create(wanted);
      if (created) this.#known.push({ id: wanted.id, names: [], isUploading: true, events: [] });
      // A dead gateway's upload may be there for a while.
      expect([...this.#known.map(({ id }) => id), ...this.#gone]).toContain(batch.id);
    },
    add: async (n: number) => {
      const batch = this.#pick(n);
      if (!batch) return;
      const names = Array.from({ length: 1 + (n % 3) }, (_, i) => `${batch.names.length + i} of ${batch.id}`);
      if (!batch.isUploading) return await expect(this.#bench.add(batch.id, names)).rejects.toThrow();
      expect(await this.#bench.add(batch.id, names)).toBe(batch.names.length);
      batch.names.push(...names);
    },
    seal: async (n: number) => {
      const batch = this.#pick(n);
      if (!batch) return;
      await this.#bench.store.seal(batch.id);
      batch.isUploading = false;
    },
    cancel: async (n: number) => {
      const batch = this.#pick(n);
      if (!batch) return;
      await this.#bench.store.cancel(batch.id);
      batch.isUploading = false;
    },
    discard: async (n: number) => {
      const batch = this.#pick(n);
      if (!batch) return;
      await this.#bench.store.discard(batch.id);
      this.#forget([batch]);
    },
    finish: async (n: number) => {
      const run = this.#runs.pick(n);
      run?.finish(expectedOutcome(run.work));
    },
    giveBack: async (n: number) => {
      this.#runs.pick(n)?.giveBack();
    },
    prune: async (n: number) => {
      const ids = await this.#bench.store.prune(0, n % 4);
      const batches = this.#known.filter(({ id }) => ids.includes(id));
      expect(batches.length).toBe(ids.length);
      expect(batches.some(({ isUploading }) => isUploading)).toBe(false);
      this.#forget(batches);
    },
    restart: async () => {
      await this.#bench.close();
      await this.#reopen();
    },
    crash: async () => {
      if (this.#deaths++ < MOST_DEATHS) await this.#reopen();
    },
  };

  /** Lets everything come to its end. */
  async end(): Promise<void> {
    for (const batch of this.#known) if (batch.isUploading) await this.#bench.store.seal(batch.id);
    void this.#runs.finishAll(expectedOutcome);
    for (const { id, names } of this.#known) {
      await this.#bench.until(id, ({ done, failed, cancelled }) => done + failed + cancelled === names.length);
    }
    await this.#bench.eventually(async () => {
      for (const id of this.#gone) expect(await this.#bench.store.find(id)).toBeNull();
    });
  }

  async check(): Promise<void> {
    const listed = (await this.#bench.batches(2)).map(({ id }) => id);
    expect(listed.filter((id) => !this.#gone.includes(id))).toEqual(this.#known.map(({ id }) => id).toReversed());
    for (const known of this.#known) {
      // In this order: what is read later may be more.
      const events = await this.#bench.events(known.id);
      const batch = await this.#bench.find(known.id);
      const items = await this.#bench.items(known.id, null, 3);
      expect(items.map(({ name }) => name)).toEqual(known.names);
      expect(events.slice(0, known.events.length)).toEqual(known.events);
      known.events = events;
      checkEvents(events, items);
      if (batch.seq === events.length) checkCounts(batch, events, items);
    }
  }

  async #reopen(): Promise<void> {
    await this.#bench.crash();
    this.#forget(this.#known.filter(({ isUploading }) => isUploading));
    this.#runs = this.#bench.process(2);
  }

  #pick(n: number): KnownBatch | undefined {
    return this.#known[n % Math.max(1, this.#known.length)];
  }

  #forget(batches: readonly KnownBatch[]): void {
    this.#known = this.#known.filter((batch) => !batches.includes(batch));
    this.#gone.push(...batches.map(({ id }) => id));
  }
}

function expectedOutcome({ index }: { readonly index: number }): ItemOutcome {
  return index % 4 === 3 ? BAD_IMAGE : outcomeOf({ index });
}

/** Numbered 1, 2, 3 …; each item ends in one of them; each tells what the ones up to it add up to. */
function checkEvents(events: readonly BatchEvent[], items: readonly BatchItem[]): void {
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1));
  const ended = events.flatMap(({ item }) => item ?? []);
  expect(new Set(ended.map(({ index }) => index)).size).toBe(ended.length);
  for (const item of ended) {
    expect(item).toEqual(items[item.index]);
    expect(item.outcome).toEqual(expectedOutcome(item));
  }
  const sums = { done: 0, failed: 0 };
  for (const { item, done, failed } of events) {
    if (item) sums[item.status === 'done' ? 'done' : 'failed']++;
    expect({ done, failed }).toEqual(sums);
  }
}

/** All three tell the same. */
function checkCounts(batch: Batch, events: readonly BatchEvent[], items: readonly BatchItem[]): void {
  const count = (status: string) => items.filter((item) => item.status === status).length;
  expect(batch.total).toBe(items.length);
  expect([batch.done, batch.failed]).toEqual([count('done'), count('failed')]);
  expect(batch.cancelled + batch.done + batch.failed).toBeLessThanOrEqual(batch.total);
  expect(batch.state).toBe(events.at(-1)?.state ?? 'accepting');
  if (batch.state === 'completed') expect(count('done') + count('failed')).toBe(items.length);
  expect(count('queued') === 0 || batch.state !== 'cancelled').toBe(true);
}

const FREQUENT = ['add', 'add', 'add', 'add', 'finish', 'finish', 'finish', 'seal', 'create'] as const;
const RARE = ['cancel', 'discard', 'giveBack', 'prune', 'crash', 'restart'] as const;

const randomSteps = fc.array(fc.record({ does: fc.constantFrom(...FREQUENT, ...RARE), n: fc.nat(60) }), {
  minLength: 10,
  maxLength: 80,
});

export function randomHistories(name: string, open: () => Promise<StoreUnderTest>, numRuns: number): void {
  it(`${name} keeps its promises whatever happens, in whichever order`, async () => {
    const property = fc.asyncProperty(randomSteps, async (steps) => {
      const bench = new Bench(await open());
      try {
        const history = new History(bench);
        await history.steps.create(0);
        for (const { does, n } of steps) {
          await history.steps[does](n);
          await setImmediate();
          await history.check();
        }
        await history.end();
        await history.check();
      } finally {
        await bench.end();
      }
    });
    await fc.assert(property, { numRuns });
  });
}
