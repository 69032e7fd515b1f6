// Facts about subscribers that lose their connection again and again while a batch is uploaded and classified.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fork } from '../../src/workload/random.ts';
import { TRANSPORTS } from '../graphql/subscribers.ts';
import { type GatewayProcess, SYNTHETIC, startGateway } from '../support/gateway-process.ts';
import { TcpLink } from '../support/tcp-link.ts';
import { expectWholeLog } from './batch-client.ts';
import { Follower } from './follower.ts';
import { StepwiseUpload } from './stepwise-upload.ts';

const CUTS = 100;
/** Sent before each cut. */
const STEP = 4;
/** One comes after all cuts: with the last event there is nothing more to lose. */
const PICTURES = CUTS * STEP + 1;

let gateway: GatewayProcess;
beforeAll(async () => {
  gateway = await startGateway(...SYNTHETIC, '--max-workers', '1', '--batch-concurrency', '8');
});
afterAll(() => gateway.stop());

it.concurrent.each(TRANSPORTS)(
  `no event is lost or doubled over %s that is cut ${CUTS} times`,
  async (name, subscribe) => {
    const random = fork(1, name);
    const clientBatchId = randomUUID();
    const upload = await StepwiseUpload.begin(gateway.url, PICTURES, clientBatchId);
    const link = await TcpLink.open(Number(new URL(gateway.url).port));
    const follower = new Follower(`http://127.0.0.1:${link.port}`, clientBatchId, subscribe);
    for (let cuts = 1; cuts <= CUTS; cuts++) {
      for (let i = 0; i < STEP; i++) upload.send();
      // Anywhere in what is still to come. With the first event it is there, and can be cut off.
      const toCome = cuts * STEP - follower.seq;
      await follower.reached(follower.seq + 1 + Math.floor(random() * toCome));
      link.cut();
      link.mend();
      await follower.resumed(cuts);
    }
    upload.send();
    expect(await upload.end()).toMatchObject({ status: 200, code: null });
    await follower.ended;
    expectWholeLog(follower.events, PICTURES);
    expect(follower.losses).toBe(CUTS);
    await link.close();
  },
);
