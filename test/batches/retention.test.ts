import { afterEach, expect, it } from 'vitest';
import { Retention } from '../../src/batches/retention.ts';
import { GatewayError } from '../../src/core/contracts/errors.ts';
import type { GatewayEvent } from '../../src/core/contracts/ports.ts';
import { VirtualClock } from '../pool/schedule/virtual-clock.ts';

const HOUR = 3_600_000;

let retention: Retention;
afterEach(() => retention.close());

function begin(tidy: () => Promise<void> = async () => {}) {
  const clock = new VirtualClock();
  const pruned: [number, number][] = [];
  const emitted: GatewayEvent[] = [];
  retention = new Retention({
    store: {
      prune: async (before, keep) => {
        pruned.push([before, keep]);
        return [];
      },
    },
    tidy,
    clock,
    wallClock: () => 100 * HOUR + clock.now(),
    events: { emit: (event) => emitted.push(event) },
    maxAgeMs: 24 * HOUR,
    keep: 50,
    intervalMs: HOUR,
  });
  return { clock, pruned, emitted };
}

it('removes what is too old or too much, at once and then in rounds', async () => {
  const { clock, pruned } = begin();
  await retention.start();
  expect(pruned).toEqual([[76 * HOUR, 50]]);
  clock.runTo(HOUR - 1);
  expect(pruned).toHaveLength(1);
  clock.runTo(HOUR);
  expect(pruned.slice(1)).toEqual([[77 * HOUR, 50]]);
});

it('goes on after a round that failed, and reports what is no matter of reach', async () => {
  const errors = [new GatewayError('OVERLOADED', 'Redis is gone.'), new Error('EIO')];
  const { clock, pruned, emitted } = begin(async () => {
    const error = errors[pruned.length - 1];
    if (error) throw error;
  });
  await retention.start();
  for (let round = 2; round <= 3; round++) {
    clock.runTo(clock.now() + HOUR);
    while (clock.timers === 0) await turn();
  }
  expect(pruned).toHaveLength(3);
  expect(emitted).toEqual([{ type: 'internalError', error: errors[1] }]);
});

it('ends with the round that is under way, and leaves no timer', async () => {
  let finish = () => {};
  const { clock } = begin(
    () =>
      new Promise((resolve) => {
        finish = resolve;
      }),
  );
  const started = retention.start();
  await turn();
  let closed = false;
  const closing = retention.close().then(() => {
    closed = true;
  });
  await turn();
  expect(closed).toBe(false);
  finish();
  await Promise.all([closing, started]);
  expect(clock.timers).toBe(0);
});

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
