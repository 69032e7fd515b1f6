import { expect, it } from 'vitest';
import { openLoop } from '../../../src/lab/loadtest/loops.ts';
import { VirtualLoad } from './virtual-load.ts';

const NO_BOUND = 1e6;

it('requests start at their times while those before have no answer', async () => {
  const load = new VirtualLoad({ serviceMs: 1000 });
  await run(load, [0, 10, 20, 500]);
  expect(load.sent.map(({ at }) => at)).toEqual([0, 10, 20, 500]);
  expect(load.now()).toBe(1500);
});

it('a request that starts late still counts from the time that was intended', async () => {
  const load = new VirtualLoad({ serviceMs: 1, timersLateMs: 30 });
  await run(load, [10, 20, 100]);
  expect(load.sent).toEqual([
    { at: 40, intendedAt: 10 },
    { at: 40, intendedAt: 20 },
    { at: 130, intendedAt: 100 },
  ]);
});

it('beyond the bound on outstanding requests, arrivals are dropped until answers come', async () => {
  const load = new VirtualLoad({ serviceMs: 100 });
  await run(load, [0, 10, 20, 30, 105, 120], 2);
  expect(load.sent.map(({ intendedAt }) => intendedAt)).toEqual([0, 10, 105, 120]);
  expect(load.dropped).toEqual([20, 30]);
});

it('answers are taken while a burst is being sent', async () => {
  const load = new VirtualLoad({ serviceMs: 0 });
  await run(load, Array(1000).fill(0), 100);
  expect(load.sent.length).toBeGreaterThan(100);
  expect(load.sent.length + load.dropped.length).toBe(1000);
});

it('lasts as long as the workload, though nothing more arrives', async () => {
  const load = new VirtualLoad({ serviceMs: 1 });
  await run(load, [0]);
  expect(load.now()).toBe(1000);
});

it('sends nothing more once it is to end', async () => {
  const load = new VirtualLoad({ serviceMs: 100 });
  load.abortAt(15);
  await run(load, [0, 10, 20, 30]);
  expect(load.sent).toHaveLength(2);
});

function run(load: VirtualLoad, times: readonly number[], maxOutstanding = NO_BOUND): Promise<void> {
  const workload = { kind: 'open', name: 'test', durationMs: 1000, arrivals: () => times } as const;
  return load.run(openLoop(workload, load, maxOutstanding));
}
