// Facts about priorities: interactive requests go first, and each class has a queue of its own.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GatewayProcess } from '../support/gateway-process.ts';
import { untilStats } from './faulty-model.ts';
import { ask, startSlow } from './slow-model.ts';

let gateway: GatewayProcess;
beforeAll(async () => {
  gateway = await startSlow('--max-workers', '1', '--queue-limit', '2');
});
afterAll(() => gateway.stop());

/** Sends one request, and these after it as soon as it runs; resolves to the priorities in the order of the answers. */
async function orderOf(priorities: readonly (string | null)[]): Promise<(string | null)[]> {
  const first = ask(gateway);
  await untilStats(gateway.url, ({ summary }) => summary.reservedBusy === 1);
  const order: (string | null)[] = [];
  const others = priorities.map(async (priority) => {
    const { code } = await ask(gateway, { priority });
    order.push(code ?? priority);
  });
  await Promise.all([first, ...others]);
  return order;
}

describe('priorities', () => {
  it('INTERACTIVE requests, and those that say nothing, are answered before BULK ones that came with them', async () => {
    const order = await orderOf(['BULK', 'BULK', 'INTERACTIVE', null]);
    expect(new Set(order.slice(0, 2))).toEqual(new Set(['INTERACTIVE', null]));
    expect(order.slice(2)).toEqual(['BULK', 'BULK']);
  });

  it('a full queue of BULK requests keeps no interactive one out', async () => {
    const order = await orderOf(['BULK', 'BULK', 'BULK', 'INTERACTIVE']);
    expect(order).toEqual(['OVERLOADED', 'INTERACTIVE', 'BULK', 'BULK']);
  });

  it.each(['URGENT', 'bulk', '', 1])('%j is none', async (priority) => {
    const { code, message } = await ask(gateway, { priority });
    expect(code).toBe('BAD_USER_INPUT');
    expect(message).toContain(JSON.stringify(priority));
  });
});
