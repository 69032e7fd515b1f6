import { expect, it } from 'vitest';
import { closedLoop } from '../../../src/lab/loadtest/loops.ts';
import { CONNECTION_FAILED } from '../../../src/lab/loadtest/sender.ts';
import type { ClosedWorkload, UserStep } from '../../../src/lab/workload/workload.ts';
import { VirtualLoad, type VirtualLoadOptions } from './virtual-load.ts';

it('each user sends the next request when the one before is answered', async () => {
  const { sent } = await run([{ fromMs: 0, users: 1 }], { durationMs: 300 });
  expect(sent.map(({ at }) => at)).toEqual([0, 100, 200]);
});

it('users come with their step', async () => {
  const { sent } = await run([
    { fromMs: 0, users: 2 },
    { fromMs: 500, users: 4 },
  ]);
  expect(sent.filter(({ at }) => at < 500)).toHaveLength(10);
  expect(sent.filter(({ at }) => at >= 500)).toHaveLength(20);
});

it('with a lower step users leave, and come back with a higher one', async () => {
  const { sent } = await run(
    [
      { fromMs: 0, users: 3 },
      { fromMs: 500, users: 1 },
      { fromMs: 1000, users: 3 },
    ],
    { durationMs: 1500 },
  );
  const between = (from: number, to: number) => sent.filter(({ at }) => at >= from && at < to).length;
  expect([between(0, 500), between(500, 1000), between(1000, 1500)]).toEqual([15, 5, 15]);
});

it('a user pauses between an answer and the next request for the think time', async () => {
  const { sent } = await run([{ fromMs: 0, users: 1 }], { thinkMs: 150 });
  expect(sent.map(({ at }) => at)).toEqual([0, 250, 500, 750]);
});

it('a gateway that is down gets ten attempts a second from each user', async () => {
  const { sent } = await run([{ fromMs: 0, users: 2 }], {}, { serviceMs: 0, outcome: { code: CONNECTION_FAILED } });
  expect(sent).toHaveLength(20);
});

it('a refused user comes back when it was told to', async () => {
  const outcome = { code: 'OVERLOADED', retryAfterMs: 390 };
  const { sent } = await run([{ fromMs: 0, users: 1 }], {}, { serviceMs: 10, outcome });
  expect(sent.map(({ at }) => at)).toEqual([0, 400, 800]);
});

it('a refused user who is not told when comes back after a second', async () => {
  const options = { serviceMs: 10, outcome: { code: 'OVERLOADED' } };
  const { sent } = await run([{ fromMs: 0, users: 1 }], { durationMs: 2_000 }, options);
  expect(sent.map(({ at }) => at)).toEqual([0, 1_010]);
});

it('a user who is to come back after the end is not waited for', async () => {
  const options = { serviceMs: 10, outcome: { code: 'OVERLOADED', retryAfterMs: 60_000 } };
  expect((await run([{ fromMs: 0, users: 1 }], {}, options)).now()).toBe(1_000);
});

it('waits for the answers that are missing at the end', async () => {
  const load = await run([{ fromMs: 0, users: 1 }], { durationMs: 50 });
  expect({ now: load.now(), inFlight: load.inFlight }).toEqual({ now: 100, inFlight: 0 });
});

it('sends nothing more once it is to end', async () => {
  const load = new VirtualLoad({ serviceMs: 100 });
  load.abortAt(450);
  await load.run(closedLoop(workload([{ fromMs: 0, users: 2 }]), load));
  expect(load.sent).toHaveLength(10);
});

function workload(steps: readonly UserStep[], changes: Partial<ClosedWorkload> = {}): ClosedWorkload {
  return { kind: 'closed', name: 'test', durationMs: 1000, steps, thinkMs: 0, ...changes };
}

async function run(
  steps: readonly UserStep[],
  changes: Partial<ClosedWorkload> = {},
  options: VirtualLoadOptions = { serviceMs: 100 },
): Promise<VirtualLoad> {
  const load = new VirtualLoad(options);
  await load.run(closedLoop(workload(steps, changes), load));
  return load;
}
