/**
 * Facts about gateways that are killed in the middle of a batch. The moments are drawn from a seed; to try other ones or
 * more of them, set WARMPOOL_CRASH_SEED and WARMPOOL_CRASH_ROUNDS.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fork } from '../../src/workload/random.ts';
import { temporaryFolder } from '../batches/temporary-folder.ts';
import { type GatewayProcess, SYNTHETIC, startGateway } from '../support/gateway-process.ts';
import { RedisServer, redisPart } from '../support/redis-server.ts';
import { itNeeds } from '../support/require-part.ts';
import {
  allBatches,
  expectEachOnce,
  findBatch,
  follow,
  sendBatch,
  seqOf,
  spoolIsEmpty,
  until,
  uploadBatch,
} from './batch-client.ts';

const PICTURES = 500;
const ROUNDS = process.env.WARMPOOL_CRASH_ROUNDS;
const SEED = Number(process.env.WARMPOOL_CRASH_SEED ?? 1);
/** Of a batch's life; what is left is its answer's. */
const SHARE_OF_UPLOAD = 0.45;
const SHARE_OF_RUN = 0.45;
const FLAGS = [...SYNTHETIC, '--max-workers', '1', '--batch-concurrency', '8'];
const STALL_INTERVAL_MS = 900;

/** When the gateway is killed. */
interface Moment {
  readonly during: 'upload' | 'answer' | 'run';
  /** Taken of the upload, or told as classified. */
  readonly pictures: number;
}

/** One for each round, spread over the life of a batch. */
function momentsOf(name: string, usualRounds: number): Moment[] {
  const random = fork(SEED, name);
  const rounds = Number(ROUNDS ?? usualRounds);
  return Array.from({ length: rounds }, (_, round) => {
    const life = (round + random()) / rounds;
    const rest = 1 - life;
    if (life < SHARE_OF_UPLOAD) return { during: 'upload', pictures: Math.ceil((life / SHARE_OF_UPLOAD) * PICTURES) };
    if (rest > SHARE_OF_RUN) return { during: 'answer', pictures: PICTURES };
    return { during: 'run', pictures: Math.ceil((1 - rest / SHARE_OF_RUN) * PICTURES) };
  });
}

function describeMoment({ during, pictures }: Moment): string {
  if (during === 'answer') return 'killed right after its answer';
  const what = during === 'upload' ? 'have arrived' : 'are classified';
  return `killed when ${pictures} of its ${PICTURES} pictures ${what}`;
}

const alive = new Set<GatewayProcess>();
afterAll(async () => {
  for (const gateway of alive) await gateway.kill();
});

async function start(...flags: readonly string[]): Promise<GatewayProcess> {
  const gateway = await startGateway(...FLAGS, ...flags);
  alive.add(gateway);
  return gateway;
}

/** Uploads a batch, and kills the gateway at that moment. Resolves to the answer, if there was one. */
async function killDuring({ during, pictures }: Moment, gateway: GatewayProcess, clientBatchId: string) {
  const { url } = gateway;
  const answer = sendBatch(url, PICTURES, clientBatchId).then(
    ({ data }) => data?.classifyBatch ?? null,
    () => null,
  );
  if (during === 'upload') await until(async () => ((await findBatch(url, clientBatchId))?.total ?? 0) >= pictures);
  else await answer;
  if (during === 'run') {
    const progress = follow(url, clientBatchId);
    await until(async () => seqOf(progress) >= pictures);
  }
  await gateway.kill();
  alive.delete(gateway);
  return await answer;
}

async function batchesOf(gateway: GatewayProcess): Promise<number> {
  return (await allBatches(gateway.url)).length;
}

describe('a batch whose gateway is killed and started again has one result for each picture', () => {
  let dataDir: string;
  let gateway: GatewayProcess;
  beforeAll(async () => {
    dataDir = await temporaryFolder();
    gateway = await start('--data-dir', dataDir);
  });

  for (const moment of momentsOf('own', 5)) {
    it(describeMoment(moment), async () => {
      const clientBatchId = randomUUID();
      const before = await batchesOf(gateway);
      const answer = await killDuring(moment, gateway, clientBatchId);
      gateway = await start('--data-dir', dataDir);
      const { id } = await uploadBatch(gateway.url, PICTURES, clientBatchId);
      if (answer) expect(id).toBe(answer.id);
      await expectEachOnce(gateway.url, id, PICTURES);
      await spoolIsEmpty(dataDir);
      expect(await batchesOf(gateway)).toBe(before + 1);
    });
  }
});

describe('a batch whose gateway is killed while another one lives has one result for each picture', () => {
  let flags: readonly string[];
  let dataDir: string;
  let redis: RedisServer | undefined;
  /** The first one is the next to be killed. */
  let gateways: [GatewayProcess, GatewayProcess];
  beforeAll(async () => {
    if (!redisPart.available) return;
    redis = await RedisServer.start();
    dataDir = await temporaryFolder();
    flags = ['--data-dir', dataDir, '--redis-url', redis.url, '--stall-interval', `${STALL_INTERVAL_MS}`];
    gateways = await Promise.all([start(...flags), start(...flags)]);
  });
  afterAll(() => redis?.stop());

  for (const moment of momentsOf('shared', 3)) {
    itNeeds(redisPart, describeMoment(moment), async () => {
      const clientBatchId = randomUUID();
      const [victim, survivor] = gateways;
      const before = await batchesOf(survivor);
      const answer = await killDuring(moment, victim, clientBatchId);
      const next = start(...flags);
      await until(async () => (await findBatch(survivor.url, clientBatchId))?.state !== 'ACCEPTING');
      const { id } = await uploadBatch(survivor.url, PICTURES, clientBatchId);
      if (answer) expect(id).toBe(answer.id);
      await expectEachOnce(survivor.url, id, PICTURES);
      await spoolIsEmpty(dataDir);
      expect(await batchesOf(survivor)).toBe(before + 1);
      gateways = [survivor, await next];
    });
  }
});
