import { expect, it } from 'vitest';
import { GatewayError } from '../../src/core/contracts/errors.ts';
import { MemoryStore } from './memory-store.ts';
import { openBatches, until } from './open-batches.ts';

const HOUR = 3_600_000;
/** What the wall clock of these tests says at first. */
const EPOCH = 1000;

/** `answer` is called for each round, with how many there were before. */
async function begin(answer: (round: number) => void = () => {}) {
  const store = new MemoryStore();
  const pruned: [number, number][] = [];
  store.prune = async (before, keep) => {
    answer(pruned.push([before, keep]) - 1);
    return [];
  };
  const opened = await openBatches({ store, maxAgeMs: 24 * HOUR, keep: 50, intervalMs: HOUR });
  const round = async () => {
    opened.clock.runTo(opened.clock.now() + HOUR);
    await until(() => opened.clock.timers === 1);
  };
  return { ...opened, pruned, round };
}

it('removes what is too old or too much, at once and then in rounds', async () => {
  const { pruned, round } = await begin();
  expect(pruned).toEqual([[EPOCH - 24 * HOUR, 50]]);
  await round();
  expect(pruned.slice(1)).toEqual([[EPOCH - 23 * HOUR, 50]]);
});

it('goes on after a round that failed, and reports what is no matter of reach', async () => {
  const errors = [new GatewayError('OVERLOADED', 'Redis is gone.'), new Error('EIO')];
  const { pruned, emitted, round } = await begin((n) => {
    if (errors[n]) throw errors[n];
  });
  await round();
  await round();
  expect(pruned).toHaveLength(3);
  expect(emitted).toEqual([{ type: 'internalError', error: errors[1] }]);
});

it('leaves no timer when the batches are closed', async () => {
  const { batches, clock } = await begin();
  expect(clock.timers).toBe(1);
  await batches.close();
  expect(clock.timers).toBe(0);
});
