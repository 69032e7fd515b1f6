// Facts about two gateways that share their batches in Redis.
import { hostname } from 'node:os';
import { afterAll, beforeAll, expect } from 'vitest';
import { temporaryFolder } from '../batches/temporary-folder.ts';
import { TRANSPORTS } from '../http/subscribers.ts';
import { ADMIN_TOKEN, type GatewayProcess, SYNTHETIC, startGateway } from '../support/gateway-process.ts';
import { classify, query } from '../support/graphql-client.ts';
import { RedisServer, redisPart } from '../support/redis-server.ts';
import { itNeeds } from '../support/require-part.ts';
import {
  expectEachOnce,
  expectWholeLog,
  labelAt,
  pictureAt,
  sendBatch,
  spoolIsEmpty,
  until,
  uploadBatch,
} from './batch-client.ts';
import { Follower } from './follower.ts';

const PICTURES = 300;

let redis: RedisServer;
let dataDir: string;
let flags: readonly string[];
let gateways: [GatewayProcess, GatewayProcess];
beforeAll(async () => {
  if (!redisPart.available) return;
  redis = await RedisServer.start({ durable: true });
  dataDir = await temporaryFolder();
  flags = [...SYNTHETIC, '--max-workers', '1', '--data-dir', dataDir, '--redis-url', redis.url];
  gateways = await Promise.all([startGateway(...flags), startGateway(...flags)]);
});
afterAll(async () => {
  if (!redisPart.available) return;
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  await redis.stop();
});

/** Pictures that the workers of a gateway have classified so far. */
async function classifiedBy({ url }: GatewayProcess): Promise<number> {
  const text = '{ poolStats { counters { finished } } }';
  const { data } = await query<{ poolStats: { counters: { finished: number } } }>(url, text, {}, ADMIN_TOKEN);
  return data?.poolStats.counters.finished ?? 0;
}

interface ClusterNode {
  readonly id: string;
  readonly address: string;
  readonly workers: number;
}

/** Who shares the Redis, as a gateway tells its admin. */
async function nodesSeenBy({ url }: GatewayProcess): Promise<readonly ClusterNode[]> {
  const text = '{ poolStats { cluster { nodes { id address workers } } } }';
  const { data } = await query<{ poolStats: { cluster: { nodes: ClusterNode[] } } }>(url, text, {}, ADMIN_TOKEN);
  return data?.poolStats.cluster.nodes ?? [];
}

async function readiness({ url }: GatewayProcess): Promise<{ code: number; status: string }> {
  const response = await fetch(`${url}/readyz`);
  const { status } = (await response.json()) as { status: string };
  return { code: response.status, status };
}

itNeeds(redisPart, 'the workers of both take a fair part of a batch, and both know everything of it', async () => {
  const before = await Promise.all(gateways.map(classifiedBy));
  const { id } = await uploadBatch(gateways[0].url, PICTURES);
  for (const { url } of gateways) await expectEachOnce(url, id, PICTURES);
  const parts = await Promise.all(gateways.map(async (gateway, i) => (await classifiedBy(gateway)) - (before[i] ?? 0)));
  expect(parts.reduce((a, b) => a + b)).toBe(PICTURES);
  expect(Math.min(...parts)).toBeGreaterThan(PICTURES / 4);
  await spoolIsEmpty(dataDir);
});

itNeeds(redisPart, 'each sees all of them, with their warm workers, until they die', async () => {
  const doomed = await startGateway(...flags, '--stall-interval', '1000');
  for (const gateway of [...gateways, doomed]) {
    await until(async () => (await nodesSeenBy(gateway)).filter(({ workers }) => workers === 1).length === 3, 50);
  }
  const nodes = await nodesSeenBy(gateways[0]);
  expect(new Set(nodes.map(({ id }) => id)).size).toBe(3);
  expect(new Set(nodes.map(({ address }) => address))).toEqual(new Set([`${hostname()}:0`]));

  await doomed.kill();
  for (const gateway of gateways) await until(async () => (await nodesSeenBy(gateway)).length === 2, 50);
});

itNeeds(redisPart, 'a Redis that goes away in the middle of a batch and returns costs nothing but time', async () => {
  const [first, second] = gateways;
  const { id } = await uploadBatch(first.url, PICTURES);
  let isBack = () => {};
  const back = new Promise<void>((resolve) => {
    isBack = resolve;
  });
  const followers = TRANSPORTS.map(([, subscribe]) => new Follower(second.url, id, subscribe, () => back));
  await Promise.all(followers.map((follower) => follower.reached(20)));

  await redis.kill();
  for (const gateway of gateways) {
    await until(async () => (await readiness(gateway)).code === 503, 50);
    expect(await readiness(gateway)).toMatchObject({ status: expect.stringContaining(`${redis.port}`) });
    const asked = performance.now();
    const answers = [
      await query(gateway.url, '{ batch(id: "none") { id } }'),
      await query(gateway.url, 'mutation { cancelBatch(id: "none") { id } }'),
      await sendBatch(gateway.url, 3),
    ];
    expect(performance.now() - asked).toBeLessThan(2000);
    for (const { errors } of answers) {
      expect(errors).toMatchObject([{ extensions: { code: 'OVERLOADED', retryAfterMs: expect.any(Number) } }]);
    }
    const { data } = await classify(gateway.url, pictureAt(1));
    expect(data?.classify.label).toBe(labelAt(1));
    expect(await classifiedBy(gateway)).toBeGreaterThan(0);
  }

  await redis.resume();
  for (const gateway of gateways) await until(async () => (await readiness(gateway)).code === 200, 50);
  isBack();
  await Promise.all(followers.map(({ ended }) => ended));
  for (const { events } of followers) expectWholeLog(events, PICTURES);
  await expectEachOnce(first.url, id, PICTURES);
  await spoolIsEmpty(dataDir);
});
