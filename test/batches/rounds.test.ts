import { afterEach, expect, it } from 'vitest';
import { Rounds } from '../../src/batches/rounds.ts';
import { VirtualClock } from '../pool/schedule/virtual-clock.ts';

const HOUR = 3_600_000;

let rounds: Rounds;
afterEach(() => rounds.close());

/** Each round lasts until `finish` is called, or ends at once. */
function begin({ held }: { held: boolean }) {
  const clock = new VirtualClock();
  const begun: number[] = [];
  let finish = () => {};
  rounds = new Rounds(clock, HOUR, async () => {
    begun.push(clock.now());
    if (held) await new Promise<void>((resolve) => (finish = resolve));
  });
  return { clock, begun, finish: () => finish() };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

it('come at once and then in intervals', async () => {
  const { clock, begun } = begin({ held: false });
  await rounds.start();
  expect(begun).toEqual([0]);
  clock.runTo(HOUR - 1);
  await turn();
  expect(begun).toEqual([0]);
  clock.runTo(HOUR);
  await turn();
  clock.runTo(2 * HOUR);
  await turn();
  expect(begun).toEqual([0, HOUR, 2 * HOUR]);
});

it('never overlap: one that is due meanwhile comes right after the one that is under way, once', async () => {
  const { clock, begun, finish } = begin({ held: true });
  const first = rounds.start();
  await turn();
  const asked = [rounds.start(), rounds.start()];
  await turn();
  expect(begun).toHaveLength(1);
  finish();
  await first;
  await turn();
  expect(begun).toHaveLength(2);
  expect(clock.timers).toBe(0);
  finish();
  await Promise.all(asked);
  expect(begun).toHaveLength(2);
  expect(clock.timers).toBe(1);
});

it('end with the one that is under way, and leave no timer', async () => {
  const { clock, begun, finish } = begin({ held: true });
  const started = rounds.start();
  await turn();
  const due = rounds.start();
  let closed = false;
  const closing = rounds.close().then(() => {
    closed = true;
  });
  await turn();
  expect(closed).toBe(false);
  finish();
  await Promise.all([closing, started, due]);
  expect(begun).toHaveLength(1);
  expect(clock.timers).toBe(0);
});
