// Facts about clients that go away: their request is cancelled, their memory is released, and nobody else notices.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { blackPicture, poolStats, untilStats } from '../graphql/faulty-model.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { begin, END, file, fileHead, map, type OpenRequest, operations, post } from './raw-http.ts';

const MiB = 2 ** 20;
/** A request that a worker never finishes, by the model that hangs on black. */
const toFaulty = (options = {}) => operations(undefined, { image: null, options: { model: 'faulty', ...options } });

/** One worker for `faulty`, and memory for two large pictures. */
const start = (...flags: readonly string[]) =>
  startGateway(
    '--model-dir',
    'test/fixtures/models',
    '--model',
    'synthetic',
    '--reserved',
    '1',
    '--max-workers',
    '2',
    '--drain-timeout',
    '100',
    ...flags,
  );
const memory = (mebibytes: number) => [
  '--max-upload-bytes',
  String(2 * MiB),
  '--upload-memory',
  String(mebibytes * MiB),
];

let gateway: GatewayProcess;
let black: Buffer;
beforeAll(async () => {
  gateway = await start('--task-timeout', '60000', ...memory(5));
  black = await blackPicture(1.5 * MiB);
  // Takes the worker of `faulty` for all of this file, and 2 MiB.
  await hold(gateway);
  await untilStats(gateway.url, ({ summary }) => summary.onDemandBusy === 1);
});
afterAll(() => gateway.stop());

/** Sends a large picture, and waits until the pool has it. */
async function hold({ url }: GatewayProcess): Promise<OpenRequest> {
  const { submitted } = (await poolStats(url)).counters;
  const request = begin(url);
  for (const piece of [toFaulty(), map(), file(black), END]) request.write(piece);
  request.end().catch(() => {});
  await untilStats(url, ({ counters }) => counters.submitted === submitted + 1);
  return request;
}

/** Enough for one more large upload? OVERLOADED says no; that the worker is taken is another answer. */
const tryLarge = ({ url } = gateway) => post(url, [toFaulty({ deadlineMs: 200 }), map(), file(black)]);

describe('a client that goes away', () => {
  it('while its request waits: cancelled, out of the queue, and its memory is free', async () => {
    const waiting = await hold(gateway);
    const { summary, counters } = await poolStats(gateway.url);
    expect(summary.queued).toBe(1);

    const answer = await tryLarge();
    expect(answer).toMatchObject({ code: 'OVERLOADED', message: expect.stringContaining(String(5 * MiB)) });
    expect(answer.retryAfterMs).toBeGreaterThan(0);
    const small = await blackPicture(1000);
    expect((await post(gateway.url, [operations(), map(), file(small)])).code).toBeNull();

    waiting.disconnect();
    await untilStats(gateway.url, (stats) => stats.summary.queued === 0);
    expect((await poolStats(gateway.url)).counters.cancelled).toBe(counters.cancelled + 1);
    expect((await tryLarge()).code).toBe('DEADLINE_EXCEEDED');
  });

  it('while its request runs: cancelled at once, and its memory is free when its worker has let go of it', async () => {
    const narrow = await start('--task-timeout', '1000', ...memory(4));
    const running = await hold(narrow);
    running.disconnect();
    await untilStats(narrow.url, ({ counters }) => counters.cancelled === 1);
    const isFree = async () => (await tryLarge(narrow)).code !== 'OVERLOADED';
    await vi.waitUntil(isFree, { interval: 10, timeout: 10_000 });
    await narrow.stop();
  });

  it('within its upload: its memory is free', async () => {
    let cut = begin(gateway.url);
    const holdsMemory = async () => {
      cut.disconnect();
      cut = begin(gateway.url);
      for (const piece of [toFaulty(), map(), fileHead(), black]) cut.write(piece);
      // If this one was faster, it was the other way round.
      return (await tryLarge()).code === 'OVERLOADED';
    };
    await vi.waitUntil(holdsMemory, { interval: 10, timeout: 10_000 });
    cut.disconnect();
    await vi.waitUntil(async () => (await tryLarge()).code === 'DEADLINE_EXCEEDED', { interval: 10, timeout: 10_000 });
  });

  it('at any other point of its request, many times over', async () => {
    const whole = Buffer.concat([operations(), map(), file(black.subarray(0, 5000)), END]);
    for (let at = 0; at < whole.length; at += 211) {
      const request = begin(gateway.url);
      request.write(whole.subarray(0, at));
      await new Promise(setImmediate);
      request.disconnect();
    }
    expect((await post(gateway.url, [operations(), map(), file(await blackPicture(1000))])).code).toBeNull();
    expect((await tryLarge()).code).toBe('DEADLINE_EXCEEDED');
    expect(gateway.log()).not.toContain('internal error');
  });
});
