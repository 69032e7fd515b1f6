/**
 * Facts about subscribers that lose their connection again and again while a batch is uploaded and classified. To have more
 * disconnects, and the figures printed, set WARMPOOL_DISCONNECTS.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fork, type Random } from '../../src/lab/workload/random.ts';
import { TRANSPORTS } from '../http/subscribers.ts';
import { type GatewayProcess, SYNTHETIC, startGateway } from '../support/gateway-process.ts';
import { TcpLink } from '../support/tcp-link.ts';
import { expectWholeLog } from './batch-client.ts';
import { Follower } from './follower.ts';
import { StepwiseUpload } from './stepwise-upload.ts';

const WISH = process.env.WARMPOOL_DISCONNECTS;
const DISCONNECTS = Number(WISH ?? 24);
/** Pictures sent for each disconnect. */
const STEP = 4;
/** One comes after all disconnects: with the last event there is nothing more to lose. */
const PICTURES = DISCONNECTS * STEP + 1;
/** Fewer than the events of three pictures have on any transport. */
const BYTES = 400;

interface Scene {
  readonly upload: StepwiseUpload;
  readonly follower: Follower;
  readonly link: TcpLink;
  readonly random: Random;
  /** Pictures up to the end of this step. */
  readonly sent: number;
}

/** Each sends the pictures of one step, and has the subscriber cut off once. They take turns. */
const WAYS: Readonly<Record<string, (scene: Scene) => Promise<void> | void>> = {
  async 'the client destroys its socket'(scene) {
    await somewhere(scene);
    scene.follower.drop();
  },
  async 'the wire is closed'(scene) {
    await somewhere(scene);
    scene.link.cut();
    scene.link.mend();
  },
  async 'the wire is reset within events'({ upload, follower, link, random, sent }) {
    upload.send();
    await follower.reached(sent - STEP + 1);
    link.resetAfter(1 + Math.floor(random() * BYTES));
    for (let i = 1; i < STEP; i++) upload.send();
  },
  'the wire is reset as the client comes back'({ upload, link, random }) {
    link.resetAfter(1 + Math.floor(random() * BYTES));
    for (let i = 0; i < STEP; i++) upload.send();
  },
};

/** Anywhere in what is still to come. With the first event the connection is there, and can be cut off. */
function somewhere({ upload, follower, random, sent }: Scene): Promise<void> {
  for (let i = 0; i < STEP; i++) upload.send();
  const toCome = sent - follower.seq;
  return follower.reached(follower.seq + 1 + Math.floor(random() * toCome));
}

let gateway: GatewayProcess;
beforeAll(async () => {
  gateway = await startGateway(...SYNTHETIC, '--max-workers', '1', '--batch-concurrency', '8');
});
afterAll(() => gateway.stop());

it.concurrent.each(TRANSPORTS)(
  `no event is lost or doubled over %s that is cut off ${DISCONNECTS} times`,
  async (name, subscribe) => {
    const random = fork(1, name);
    const clientBatchId = randomUUID();
    const upload = await StepwiseUpload.begin(gateway.url, PICTURES, clientBatchId);
    const link = await TcpLink.open(Number(new URL(gateway.url).port));
    const follower = new Follower(`http://127.0.0.1:${link.port}`, clientBatchId, subscribe);
    const begun = performance.now();
    const ways = Object.values(WAYS);
    for (let losses = 0; losses < DISCONNECTS; losses++) {
      const disconnect = ways[losses % ways.length];
      await disconnect?.({ upload, follower, link, random, sent: (losses + 1) * STEP });
      await follower.resumed(losses + 1);
    }
    upload.send();
    expect(await upload.end()).toMatchObject({ status: 200, code: null });
    await follower.ended;
    if (WISH) report(name, follower, link, performance.now() - begun);
    expectWholeLog(follower.events, PICTURES);
    expect(follower.losses).toBe(DISCONNECTS);
    await link.close();
  },
  10_000 + DISCONNECTS * 1000,
);

function report(name: string, { events, losses }: Follower, { splits }: TcpLink, ms: number): void {
  const seqs = events.map(({ seq }) => seq);
  const different = new Set(seqs);
  const doubles = seqs.length - different.size;
  const gaps = Math.max(...seqs) - different.size;
  process.stdout.write(
    `${name}: ${losses} disconnects, ${splits} of them within what was being sent; ${seqs.length} events, ` +
      `${gaps} lost, ${doubles} doubled; ${(ms / 1000).toFixed(1)} s\n`,
  );
}
