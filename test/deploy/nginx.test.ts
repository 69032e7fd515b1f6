// Facts about gateways behind the nginx of deploy/: with its configuration, of which only the addresses are changed.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect } from 'vitest';
import { temporaryFolder } from '../batches/temporary-folder.ts';
import {
  eventsIn,
  expectEachOnce,
  expectWholeLog,
  follow,
  labelAt,
  pictureAt,
  uploadBatch,
} from '../e2e/batch-client.ts';
import { Follower } from '../e2e/follower.ts';
import { StepwiseUpload } from '../e2e/stepwise-upload.ts';
import { batchHead } from '../graphql/batch-request.ts';
import { begin, fileHead, map, operations } from '../http/raw-http.ts';
import { connect } from '../http/raw-websocket.ts';
import { TRANSPORTS } from '../http/subscribers.ts';
import { type GatewayProcess, SYNTHETIC, startGateway } from '../support/gateway-process.ts';
import { classify } from '../support/graphql-client.ts';
import { Nginx, nginxPart } from '../support/nginx.ts';
import { RedisServer, redisPart } from '../support/redis-server.ts';
import { allOf, itNeeds } from '../support/require-part.ts';

const MiB = 2 ** 20;
const parts = allOf(nginxPart, redisPart);

let redis: RedisServer;
let nginx: Nginx;
let gateways: [GatewayProcess, GatewayProcess];
let start: (...flags: string[]) => Promise<GatewayProcess>;
beforeAll(async () => {
  if (!parts.available) return;
  redis = await RedisServer.start();
  const shared = ['--data-dir', await temporaryFolder(), '--redis-url', redis.url, '--stall-interval', '900'];
  const limits = ['--max-workers', '1', '--max-upload-bytes', `${MiB}`];
  start = (...flags) => startGateway(...SYNTHETIC, ...shared, ...limits, ...flags);
  gateways = await Promise.all([start(), start()]);
  nginx = await Nginx.prepare([gateways[0].url, gateways[1].url]);
  await nginx.start();
});
afterAll(async () => {
  if (!parts.available) return;
  await nginx.stop();
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  await redis.stop();
});

itNeeds(parts, 'nginx has nothing to say against its configuration', () => {
  const lines = nginx.check().trim().split('\n');
  expect(lines.filter((line) => line.includes('['))).toEqual([]);
  expect(lines.at(-1)).toMatch(/test is successful$/);
});

itNeeds(parts, 'each picture is classified, and its event delivered, before the next one is sent', async () => {
  const clientBatchId = randomUUID();
  const pictures = 10;
  const upload = await StepwiseUpload.begin(nginx.url, pictures, clientBatchId);
  const followers = TRANSPORTS.map(([, subscribe]) => follow(nginx.url, clientBatchId, 0, subscribe));
  for (let i = 0; i < pictures; i++) {
    upload.send();
    for (const progress of followers) await progress.arrived(i + 1);
  }
  expect(await upload.end()).toMatchObject({ status: 200, code: null });
  for (const progress of followers) {
    await progress.ended;
    expectWholeLog(eventsIn(progress), pictures);
  }
});

itNeeds(parts, 'a refusal reaches a client that is still sending', async () => {
  const heads = {
    IMAGE_TOO_LARGE: [operations(), map()],
    BAD_USER_INPUT: [batchHead(1, { clientBatchId: 'too short' })],
  };
  for (const [code, head] of Object.entries(heads)) {
    const upload = begin(nginx.url);
    upload.write(Buffer.concat([...head, fileHead()]));
    expect(await upload.flood(64 * MiB)).toBeLessThan(64 * MiB);
    expect(await upload.answer).toMatchObject({ code });
  }
});

itNeeds(parts, 'pages from there may open a WebSocket, those of other origins may not', async () => {
  const handshakes = [nginx.url, 'http://evil.example', gateways[0].url].map(async (origin) => {
    const { status, socket } = await connect(nginx.url, { origin });
    socket.destroy();
    return status;
  });
  expect(await Promise.all(handshakes)).toEqual([101, 403, 403]);
});

itNeeds(parts, 'when a gateway is killed requests go on, and subscribers go on at the other one', async () => {
  const pictures = 300;
  const { id } = await uploadBatch(nginx.url, pictures);
  const followers = [...TRANSPORTS, ...TRANSPORTS].map(([, subscribe]) => new Follower(nginx.url, id, subscribe));
  await Promise.all(followers.map((follower) => follower.reached(10)));

  const { port } = new URL(gateways[0].url);
  await gateways[0].kill();
  for (let i = 0; i < 20; i++) {
    const { data } = await classify(nginx.url, pictureAt(0));
    expect(data?.classify.label).toBe(labelAt(0));
  }
  await Promise.all(followers.map(({ ended }) => ended));
  for (const { events } of followers) expectWholeLog(events, pictures);
  // Some were at the other one already.
  const losses = followers.map((follower) => follower.losses).sort();
  expect(losses.at(0)).toBe(0);
  expect(losses.at(-1)).toBeGreaterThan(0);
  await expectEachOnce(nginx.url, id, pictures);

  gateways[0] = await start('--port', port);
});
