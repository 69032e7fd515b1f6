/**
 * Facts about gateways that are killed in the middle of a batch. The moments are drawn from a seed; to try other ones or
 * more of them, set WARMPOOL_CRASH_SEED and WARMPOOL_CRASH_ROUNDS. With the latter each round prints what was seen of it.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fork } from '../../src/lab/workload/random.ts';
import { temporaryFolder } from '../batches/temporary-folder.ts';
import { type GatewayProcess, SYNTHETIC, startGateway } from '../support/gateway-process.ts';
import { RedisServer, redisPart } from '../support/redis-server.ts';
import { itNeeds } from '../support/require-part.ts';
import {
  allBatches,
  type BatchState,
  eventsIn,
  expectEachOnce,
  findBatch,
  follow,
  sendBatch,
  spoolIsEmpty,
  until,
  uploadBatch,
} from './batch-client.ts';
import { StepwiseUpload } from './stepwise-upload.ts';

const PICTURES = 250;
const ROUNDS = process.env.WARMPOOL_CRASH_ROUNDS;
const SEED = Number(process.env.WARMPOOL_CRASH_SEED ?? 1);
/** Of a batch's life, in this order; what is left is the run after its answer. */
const SHARES = { upload: 0.4, seal: 0.15, answer: 0.05 };
/** Looks at a batch within which the answer to its last byte comes. */
const LOOKS = 10;
const FLAGS = [...SYNTHETIC, '--max-workers', '1', '--batch-concurrency', '8', '--max-batch', '1'];
/** Slow enough that much of a batch is left to do at its answer, also where uploads are slower and two share the work. */
const SLOW = { own: ['--drill', 'service=8ms'], shared: ['--drill', 'service=28ms'] };
const STALL_INTERVAL_MS = 900;

/** When the gateway is killed: how far that part of the batch's life has come, from 0 to 1. */
interface Moment {
  readonly during: 'upload' | 'seal' | 'answer' | 'run';
  readonly part: number;
}

/** One for each round, spread over the life of a batch. */
function momentsOf(name: string, usualRounds: number): Moment[] {
  const random = fork(SEED, name);
  const rounds = Number(ROUNDS ?? usualRounds);
  return Array.from({ length: rounds }, (_, round) => {
    let rest = (round + random()) / rounds;
    for (const during of ['upload', 'seal', 'answer'] as const) {
      if (rest < SHARES[during]) return { during, part: rest / SHARES[during] };
      rest -= SHARES[during];
    }
    return { during: 'run', part: rest / (1 - SHARES.upload - SHARES.seal - SHARES.answer) };
  });
}

function describeMoment({ during, part }: Moment): string {
  if (during === 'answer') return 'killed right after its answer';
  if (during === 'seal') return `killed ${looksIn(part)} looks at it after its last byte was sent`;
  if (during === 'upload') return `killed when ${arrivedIn(part)} of its ${PICTURES} pictures have arrived`;
  return `killed when ${Math.floor(part * 100)} % of what its answer left to do is done`;
}

function arrivedIn(part: number): number {
  return Math.floor(part * PICTURES);
}

function looksIn(part: number): number {
  return Math.floor(part * LOOKS);
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

interface Death {
  /** Null if the client has got none. */
  readonly answer: BatchState | null;
  /** The last that was heard of the batch before; there may have been more. */
  readonly seen: Pick<BatchState, 'total' | 'done'>;
  /** From the beginning of the upload. */
  readonly afterMs: number;
}

/** Uploads a batch, and kills the gateway at that moment. */
async function killDuring({ during, part }: Moment, gateway: GatewayProcess, clientBatchId: string): Promise<Death> {
  const { url } = gateway;
  const begun = performance.now();
  let seen: Death['seen'] = { total: 0, done: 0 };
  const look = async () => {
    seen = (await findBatch(url, clientBatchId)) ?? seen;
  };
  const arrived = (pictures: number) =>
    until(async () => {
      await look();
      return seen.total >= pictures;
    });
  let upload: Promise<BatchState | null>;
  if (during === 'seal') {
    const stepwise = await StepwiseUpload.begin(url, PICTURES, clientBatchId);
    for (let i = 0; i < PICTURES - 1; i++) stepwise.send();
    await arrived(PICTURES - 1);
    stepwise.send();
    upload = answered(stepwise.end().then(({ body }) => JSON.parse(body)));
    for (let i = 0; i < looksIn(part); i++) await look();
  } else {
    upload = answered(sendBatch(url, PICTURES, clientBatchId));
    if (during === 'upload') await arrived(arrivedIn(part));
    else seen = (await upload) ?? seen;
  }
  if (during === 'run') {
    const progress = follow(url, clientBatchId);
    const enough = seen.done + Math.floor(part * (PICTURES - seen.done));
    await until(async () => {
      seen = eventsIn(progress).at(-1) ?? seen;
      return seen.done >= enough;
    });
  }
  const afterMs = performance.now() - begun;
  await gateway.kill();
  alive.delete(gateway);
  return { answer: await upload, seen, afterMs };
}

/** Null if the connection ended without an answer. */
function answered(upload: ReturnType<typeof sendBatch>): Promise<BatchState | null> {
  return upload.then(
    ({ data }) => data?.classifyBatch ?? null,
    () => null,
  );
}

/**
 * What the client was told is true, or nothing was: then the batch is there as a whole or not at all. Whoever sends it then,
 * or again, has it once.
 */
async function expectOneBatch(
  { url }: GatewayProcess,
  clientBatchId: string,
  { answer }: Death,
): Promise<BatchState | null> {
  const kept = await findBatch(url, clientBatchId);
  if (answer) expect(kept?.id).toBe(answer.id);
  if (kept) expect(kept.total).toBe(PICTURES);
  const { id } = kept ?? (await uploadBatch(url, PICTURES, clientBatchId));
  await expectEachOnce(url, id, PICTURES);
  expect((await uploadBatch(url, PICTURES, clientBatchId)).id).toBe(id);
  return kept;
}

function report(where: string, { answer, seen, afterMs }: Death, kept: BatchState | null): void {
  if (ROUNDS === undefined) return;
  const moment = `after ${Math.round(afterMs)} ms: ${seen.total} arrived, ${seen.done} classified, ${answer ? '' : 'not '}answered`;
  const found = kept ? `all of it, ${kept.done} classified` : 'nothing of it';
  process.stdout.write(
    `${where}, killed ${moment}; found again: ${found}; in the end ${PICTURES} results, one each, and an empty spool\n`,
  );
}

async function batchesOf(gateway: GatewayProcess): Promise<number> {
  return (await allBatches(gateway.url)).length;
}

describe('a batch whose gateway is killed and started again has one result for each picture', () => {
  let dataDir: string;
  let gateway: GatewayProcess;
  beforeAll(async () => {
    dataDir = await temporaryFolder();
    gateway = await start(...SLOW.own, '--data-dir', dataDir);
  });

  for (const moment of momentsOf('own', 3)) {
    it(describeMoment(moment), async () => {
      const clientBatchId = randomUUID();
      const before = await batchesOf(gateway);
      const death = await killDuring(moment, gateway, clientBatchId);
      gateway = await start(...SLOW.own, '--data-dir', dataDir);
      const kept = await expectOneBatch(gateway, clientBatchId, death);
      await spoolIsEmpty(dataDir);
      expect(await batchesOf(gateway)).toBe(before + 1);
      report('SQLite', death, kept);
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
    const shared = ['--data-dir', dataDir, '--redis-url', redis.url, '--stall-interval', `${STALL_INTERVAL_MS}`];
    flags = [...SLOW.shared, ...shared];
    gateways = await Promise.all([start(...flags), start(...flags)]);
  });
  afterAll(() => redis?.stop());

  for (const moment of momentsOf('shared', 3)) {
    itNeeds(redisPart, describeMoment(moment), async () => {
      const clientBatchId = randomUUID();
      const [victim, survivor] = gateways;
      const before = await batchesOf(survivor);
      const death = await killDuring(moment, victim, clientBatchId);
      const next = start(...flags);
      await until(async () => (await findBatch(survivor.url, clientBatchId))?.state !== 'ACCEPTING', 50);
      const kept = await expectOneBatch(survivor, clientBatchId, death);
      await spoolIsEmpty(dataDir);
      expect(await batchesOf(survivor)).toBe(before + 1);
      report('Redis', death, kept);
      gateways = [survivor, await next];
    });
  }
});
