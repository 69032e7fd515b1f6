import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { GatewayClient } from '../../../src/client/gateway-client.ts';
import { lookAsAdmin, PoolWatch } from '../../../src/lab/loadtest/pool-watch.ts';

const TIME = { startingMs: 0, idleMs: 0, busyMs: 0 };
const POOL_STATS = {
  summary: { reserved: 1, reservedBusy: 0, onDemand: 0, onDemandBusy: 0, queued: 0 },
  workers: [],
  models: [],
  counters: { spilled: 3, workersStarted: 0 },
  workerTime: { reserved: TIME, onDemand: TIME },
  saturatedMs: 0,
  waitError: { p50Ms: 0, p95Ms: 0 },
  memoryBytes: 1,
};

it("has the scheduler's figures of a gateway that answers at the end", async () => {
  const { client } = await gateway();
  const watch = await PoolWatch.open(() => lookAsAdmin(client));
  expect(await watch.stop()).toContainEqual({ key: 'spilled', label: 'spilled', value: 0, digits: 0 });
});

it('has none of a gateway that does not answer at the end: those of an older look are not of the whole run', async () => {
  const { client, close } = await gateway();
  const watch = await PoolWatch.open(() => lookAsAdmin(client));
  await close();
  expect(await watch.stop()).toEqual([]);
});

async function gateway(): Promise<{ readonly client: GatewayClient; readonly close: () => Promise<void> }> {
  const server = createServer((_request, response) =>
    response.end(JSON.stringify({ data: { poolStats: POOL_STATS } })),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  onTestFinished(close);
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  return { client: new GatewayClient({ endpoint, token: 'token', timeoutMs: 10_000 }), close };
}
