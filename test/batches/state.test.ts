import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  type BatchFacts,
  finish,
  giveBack,
  hasEnded,
  itemStatus,
  type Phase,
  phaseWith,
  seal,
  stateOf,
  stop,
  take,
  totalOf,
} from '../../src/batches/state.ts';
import type { Batch, BatchState, ItemStatus } from '../../src/batches/types.ts';

const NEW: BatchFacts = { sealed: false, stopped: false, waiting: 0, running: 0, done: 0, failed: 0, seq: 0 };

const PHASES: readonly Phase[] = ['waiting', 'running', 'done', 'failed'];
const STATUSES: readonly ItemStatus[] = ['queued', 'running', 'done', 'failed', 'cancelled'];

describe('an item', () => {
  const batch = { ...NEW, sealed: true, waiting: 1, running: 1, done: 1, failed: 1, seq: 5 };

  it('is taken only while it waits in a batch that is not stopped', () => {
    expect(take(batch, 'waiting')).toEqual({ batch: { ...batch, waiting: 0, running: 2 }, phase: 'running' });
    for (const phase of ['running', 'done', 'failed'] as const) expect(take(batch, phase)).toBeNull();
    for (const phase of PHASES) expect(take({ ...batch, stopped: true }, phase)).toBeNull();
  });

  it('ends only while it runs, by an event, also in a stopped batch', () => {
    for (const stopped of [false, true]) {
      const before = { ...batch, stopped };
      const ended = { ...before, running: 0, seq: 6 };
      expect(finish(before, 'running', { ok: true })).toEqual({ batch: { ...ended, done: 2 }, phase: 'done' });
      expect(finish(before, 'running', { ok: false })).toEqual({ batch: { ...ended, failed: 2 }, phase: 'failed' });
      for (const phase of ['waiting', 'done', 'failed'] as const)
        expect(finish(before, phase, { ok: true })).toBeNull();
    }
  });

  it('waits again without an event when it is given back', () => {
    expect(giveBack(batch, 'running')).toEqual({ batch: { ...batch, running: 0, waiting: 2 }, phase: 'waiting' });
    for (const phase of ['waiting', 'done', 'failed'] as const) expect(giveBack(batch, phase)).toBeNull();
  });

  it('that waits is queued, or cancelled if its batch is stopped', () => {
    expect(PHASES.map((phase) => itemStatus({ stopped: false }, phase))).toEqual([
      'queued',
      'running',
      'done',
      'failed',
    ]);
    expect(PHASES.map((phase) => itemStatus({ stopped: true }, phase))).toEqual([
      'cancelled',
      'running',
      'done',
      'failed',
    ]);
  });

  it('is found in the phase that its status names', () => {
    for (const stopped of [false, true]) {
      for (const status of STATUSES) {
        const phases = PHASES.filter((phase) => itemStatus({ stopped }, phase) === status);
        expect([phaseWith({ stopped }, status)], `${status}, ${stopped}`).toEqual(phases.length > 0 ? phases : [null]);
      }
    }
  });
});

describe('a batch', () => {
  it('takes items until its upload is complete or it is stopped', () => {
    expect(add(NEW, 3)).toEqual({ ...NEW, waiting: 3 });
    expect(add({ ...NEW, sealed: true }, 1)).toBeNull();
    expect(add({ ...NEW, stopped: true }, 1)).toBeNull();
  });

  it('is sealed once, by an event', () => {
    expect(seal(NEW)).toEqual({ ...NEW, sealed: true, seq: 1 });
    expect(seal({ ...NEW, sealed: true })).toBeNull();
    expect(seal({ ...NEW, stopped: true })).toBeNull();
  });

  it('is stopped by an event unless it is over', () => {
    const running = { ...NEW, sealed: true, running: 1, seq: 1 };
    expect(stop(running)).toEqual({ ...running, stopped: true, seq: 2 });
    expect(stop(NEW)).toEqual({ ...NEW, stopped: true, seq: 1 });
    expect(stop({ ...running, stopped: true })).toBeNull();
    expect(stop({ ...NEW, sealed: true, done: 1 })).toBeNull();
  });

  it('is completed when its upload is complete and every item has ended', () => {
    const state = (done: number, failed: number, sealed: boolean, stopped = false) =>
      stateOf({ sealed, stopped, waiting: 3 - done - failed, running: 0 });
    expect(state(2, 1, true)).toBe('completed');
    expect(state(2, 0, true)).toBe('running');
    expect(state(2, 1, false)).toBe('accepting');
    expect(state(2, 1, true, true)).toBe('cancelled');
    expect(state(0, 0, false, true)).toBe('cancelled');
  });

  it('that is cancelled has ended only when nothing runs in it any more', () => {
    const batch = { state: 'cancelled', total: 3, done: 1, failed: 0 } as Batch;
    expect(hasEnded({ ...batch, cancelled: 1 })).toBe(false);
    expect(hasEnded({ ...batch, cancelled: 2 })).toBe(true);
    expect(hasEnded({ ...batch, state: 'running', cancelled: 0 })).toBe(false);
    expect(hasEnded({ ...batch, state: 'completed', cancelled: 0 })).toBe(true);
  });
});

const STEPS = {
  add: (world: World) => world.batch((batch) => add(batch, 1)),
  seal: (world: World) => world.batch(seal),
  stop: (world: World) => world.batch(stop),
  take: (world: World, n: number) => world.item(n, take),
  giveBack: (world: World, n: number) => world.item(n, giveBack),
  succeed: (world: World, n: number) => world.item(n, (batch, phase) => finish(batch, phase, { ok: true })),
  fail: (world: World, n: number) => world.item(n, (batch, phase) => finish(batch, phase, { ok: false })),
};

/** A batch, and its items beside it. */
class World {
  facts = NEW;
  readonly items: Phase[] = [];

  batch(transition: (batch: BatchFacts) => BatchFacts | null): void {
    const next = transition(this.facts);
    if (next && totalOf(next) > this.items.length) this.items.push('waiting');
    this.facts = next ?? this.facts;
  }

  item(n: number, transition: (batch: BatchFacts, phase: Phase) => ReturnType<typeof take>): void {
    const index = n % Math.max(1, this.items.length);
    const phase = this.items[index];
    const change = phase && transition(this.facts, phase);
    if (!change) return;
    this.facts = change.batch;
    this.items[index] = change.phase;
  }
}

const NEXT: Readonly<Record<BatchState, readonly BatchState[]>> = {
  accepting: ['running', 'completed', 'cancelled'],
  running: ['completed', 'cancelled'],
  completed: [],
  cancelled: [],
};

const FINAL: readonly Phase[] = ['done', 'failed'];

describe('any sequence of transitions', () => {
  it('counts each item once, ends it once, and moves the batch only forward, by an event', () => {
    const names = Object.keys(STEPS) as (keyof typeof STEPS)[];
    const steps = fc.array(fc.record({ does: fc.constantFrom(...names, 'add', 'take'), n: fc.nat(30) }), {
      maxLength: 100,
    });
    const property = fc.property(steps, (sequence) => {
      const world = new World();
      for (const { does, n } of sequence) {
        const [before, items] = [world.facts, [...world.items]];
        STEPS[does](world, n);
        for (const phase of PHASES)
          expect(world.facts[phase]).toBe(world.items.filter((item) => item === phase).length);
        for (const [i, item] of items.entries()) if (FINAL.includes(item)) expect(world.items[i]).toBe(item);
        const [from, to] = [stateOf(before), stateOf(world.facts)];
        if (from === to) continue;
        expect(NEXT[from]).toContain(to);
        expect(world.facts.seq).toBe(before.seq + 1);
      }
      const { sealed, stopped, done, failed, seq } = world.facts;
      expect(seq).toBe(Number(sealed) + Number(stopped) + done + failed);
    });
    fc.assert(property, { numRuns: 500 });
  });
});
