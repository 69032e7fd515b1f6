// Facts about refused clients: they are told when to come back, where that helps.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GatewayProcess } from '../support/gateway-process.ts';
import { untilStats } from './faulty-model.ts';
import { type Answer, ask, SERVICE_MS, startSlow } from './slow-model.ts';

let gateway: GatewayProcess;
beforeAll(async () => {
  gateway = await startSlow('--max-workers', '1', '--queue-limit', '1');
  // From now on the service time is known.
  await ask(gateway);
});
afterAll(() => gateway.stop());

beforeEach(() => idle());

const idle = () => untilStats(gateway.url, ({ summary }) => summary.queued + summary.reservedBusy === 0);
const queued = (count: number) =>
  untilStats(gateway.url, ({ summary }) => summary.reservedBusy === 1 && summary.queued === count);

/** One request runs and, if it is to, another waits. */
async function occupy(waiting: 0 | 1): Promise<readonly Promise<Answer>[]> {
  const running = ask(gateway);
  await queued(0);
  if (waiting === 0) return [running];
  const second = ask(gateway);
  await queued(1);
  return [running, second];
}

function expectRefusal(answer: Answer, code: string): void {
  expect(answer).toMatchObject({ receipt: null, code });
  const { retryAfterMs = 0, retryAfterHeader } = answer;
  expect(Number.isInteger(retryAfterMs)).toBe(true);
  expect(retryAfterMs).toBeGreaterThan(0);
  expect(retryAfterHeader).toBe(`${Math.ceil(retryAfterMs / 1_000)}`);
}

describe('a refused client', () => {
  it('of a full queue is told when there is room, in the error and in the header', async () => {
    const others = await occupy(1);
    const refused = await ask(gateway);
    expectRefusal(refused, 'OVERLOADED');
    expect(refused.retryAfterMs).toBeLessThan(4 * SERVICE_MS);
    await Promise.all(others);
    const back = await ask(gateway);
    const receipt = { worker: 'RESERVED', coldStart: false, spilled: false };
    expect(back).toMatchObject({ code: null, receipt, retryAfterHeader: undefined });
  });

  it('whose deadline cannot be met is told when it could be', async () => {
    const others = await occupy(0);
    const deadlineMs = 1.4 * SERVICE_MS;
    const refused = await ask(gateway, { deadlineMs });
    expectRefusal(refused, 'DEADLINE_EXCEEDED');
    expect(refused.message).toMatch(/cannot be met: expected wait \d+ ms/);
    await Promise.all(others);
    expect((await ask(gateway, { deadlineMs })).code).toBeNull();
  });
});

describe('nobody is told to come back', () => {
  it('after a deadline that passed while the request ran', async () => {
    expect(await ask(gateway, { deadlineMs: SERVICE_MS / 2 })).toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      message: expect.stringMatching(/the request was running/),
      retryAfterMs: undefined,
      retryAfterHeader: undefined,
    });
  });

  it('after a mistake of its own', async () => {
    expect(await ask(gateway, { topK: 0 })).toMatchObject({ code: 'BAD_USER_INPUT', retryAfterHeader: undefined });
  });
});
