import { describe, expect, it } from 'vitest';
import { MemoryQueue } from '../../src/batches/memory-queue.ts';
import { ItemRunner } from '../../src/batches/run-item.ts';
import { type ErrorCode, GatewayError } from '../../src/core/errors.ts';
import type { GatewayEvent } from '../../src/core/ports.ts';
import { UploadMemory } from '../../src/graphql/upload-memory.ts';
import type { ModelVersion } from '../../src/models/manifest.ts';
import type { Classification, ClassifyRequest } from '../../src/pool/classifier.ts';
import { VirtualClock } from '../schedule/virtual-clock.ts';

const MODEL = { key: 'm@1' } as ModelVersion;
const WORK = { batchId: 'a-batch-of-this-test', index: 3, model: 'm@1', topK: 2 };
const SCORES = [
  { label: 'cat', confidence: 0.75 },
  { label: 'dog', confidence: 0.25 },
];
const ANSWER = { label: 'cat', confidence: 0.75, scores: SCORES, model: 'm@1' } as unknown as Classification;
const PATIENCE_MS = 30_000;
const PICTURE = Buffer.from('a picture');

/** Answers each attempt with the next of `answers`, the last one again and again. */
function runner(answers: readonly (Classification | Error)[], { disk = null as Error | null } = {}) {
  const clock = new VirtualClock();
  const blocks = new UploadMemory(2 ** 20);
  const lent = new Set<SharedArrayBuffer>();
  const requests: (ClassifyRequest & { readonly seen: string; readonly at: number })[] = [];
  const emitted: GatewayEvent[] = [];
  const items = new ItemRunner({
    spool: {
      size: async () => PICTURE.length,
      read: async (_batchId, _index, target) => {
        if (disk) throw disk;
        target.set(PICTURE);
      },
    },
    memory: new MemoryQueue({
      lend: (bytes) => {
        const block = blocks.lend(bytes);
        lent.add(block);
        return block;
      },
      giveBack: (block) => {
        lent.delete(block);
        blocks.giveBack(block);
      },
    }),
    models: {
      resolve: (key) => {
        if (key === MODEL.key) return MODEL;
        throw new GatewayError('MODEL_NOT_FOUND', `there is no model ${key}`);
      },
    },
    classify: async (request) => {
      requests.push({ ...request, seen: Buffer.from(request.picture).toString(), at: clock.now() });
      const answer = answers[Math.min(requests.length, answers.length) - 1] as Classification | Error;
      request.onReleased();
      if (answer instanceof Error) throw answer;
      return answer;
    },
    clock,
    events: { emit: (event) => emitted.push(event) },
    patienceMs: PATIENCE_MS,
  });
  return { items, clock, requests, emitted, lent, blocks };
}

/** Lets time pass whenever the item waits, until it has ended. */
async function settled<T>(promise: Promise<T>, clock: VirtualClock): Promise<T> {
  let ended = false;
  const end = () => {
    ended = true;
  };
  promise.then(end, end);
  while (!ended) {
    await new Promise((resolve) => setImmediate(resolve));
    if (!ended && clock.timers > 0) clock.runTo(clock.now() + 100);
  }
  return promise;
}

const refusal = (code: ErrorCode, retryAfterMs?: number, token?: string) =>
  new GatewayError(code, 'Not now.', retryAfterMs, token);
const never = new AbortController().signal;

describe('an item of a batch', () => {
  it('is classified as bulk, without a deadline, from shared memory that is given back', async () => {
    const { items, requests, lent } = runner([ANSWER]);
    expect(await items.run(WORK, never)).toEqual({ ok: true, label: 'cat', confidence: 0.75, scores: SCORES });
    expect(requests).toMatchObject([
      { seen: 'a picture', model: MODEL, priority: 'bulk', topK: 2, deadlineMs: null, retryToken: null, signal: never },
    ]);
    expect(requests[0]?.picture.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(lent.size).toBe(0);
  });

  it.each(['BAD_IMAGE', 'UNSUPPORTED_FORMAT', 'IMAGE_TOO_LARGE', 'WORKER_FAILED'] as const)(
    'fails with %s and its message when the pool says so',
    async (code) => {
      const { items, requests } = runner([refusal(code)]);
      expect(await items.run(WORK, never)).toEqual({ ok: false, code, message: 'Not now.' });
      expect(requests).toHaveLength(1);
    },
  );

  it('fails with MODEL_NOT_FOUND when its model is gone, without having been read', async () => {
    const { items, lent } = runner([ANSWER]);
    const outcome = await items.run({ ...WORK, model: 'm@0' }, never);
    expect(outcome).toEqual({ ok: false, code: 'MODEL_NOT_FOUND', message: 'there is no model m@0' });
    expect(lent.size).toBe(0);
  });

  it('fails when its picture is gone', async () => {
    const disk = Object.assign(new Error('no such file'), { code: 'ENOENT' });
    const { items, lent, emitted } = runner([ANSWER], { disk });
    const outcome = await items.run(WORK, never);
    expect(outcome).toEqual({ ok: false, code: 'WORKER_FAILED', message: 'The picture is not in the spool any more.' });
    expect(lent.size).toBe(0);
    expect(emitted).toEqual([]);
  });

  it('fails when its picture cannot be read for long; why is for the log', async () => {
    const disk = Object.assign(new Error('EIO: /the/path'), { code: 'EIO' });
    const { items, clock, lent, emitted } = runner([ANSWER], { disk });
    const outcome = await settled(items.run(WORK, never), clock);
    expect(outcome).toMatchObject({ ok: false, code: 'WORKER_FAILED' });
    expect(JSON.stringify(outcome)).not.toContain('/the/path');
    expect(clock.now()).toBeGreaterThanOrEqual(PATIENCE_MS - 1000);
    expect(emitted).toEqual([{ type: 'internalError', error: disk }]);
    expect(lent.size).toBe(0);
  });

  it('that finds the queue full comes back at its time, with its place, and holds no memory meanwhile', async () => {
    const { items, clock, requests, lent } = runner([refusal('OVERLOADED', 700, 'a place'), ANSWER]);
    const running = items.run(WORK, never);
    while (clock.timers === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(lent.size).toBe(0);
    clock.runTo(699);
    expect(clock.timers).toBe(1);
    clock.runTo(700);
    expect(await running).toMatchObject({ ok: true });
    expect(requests.map(({ at, retryToken }) => [at, retryToken])).toEqual([
      [0, null],
      [700, 'a place'],
    ]);
  });

  it('is given back when the queue stays full', async () => {
    const { items, clock } = runner([refusal('OVERLOADED', 700)]);
    await expect(settled(items.run(WORK, never), clock)).rejects.toMatchObject({ code: 'OVERLOADED' });
    expect(clock.now()).toBeGreaterThan(PATIENCE_MS - 800);
    expect(clock.now()).toBeLessThanOrEqual(PATIENCE_MS);
    expect(clock.timers).toBe(0);
  });

  it('fails at once when its model can have no worker', async () => {
    const { items } = runner([refusal('OVERLOADED')]);
    expect(await items.run(WORK, never)).toEqual({ ok: false, code: 'OVERLOADED', message: 'Not now.' });
  });

  it('waits for a model whose workers do not start just now, and fails when they never do', async () => {
    const recovers = runner([refusal('WORKER_FAILED', 5000), ANSWER]);
    expect(await settled(recovers.items.run(WORK, never), recovers.clock)).toMatchObject({ ok: true });
    const broken = runner([refusal('WORKER_FAILED', 5000)]);
    const outcome = await settled(broken.items.run(WORK, never), broken.clock);
    expect(outcome).toMatchObject({ ok: false, code: 'WORKER_FAILED' });
  });

  it('is given back when the gateway shuts down, also while it waits', async () => {
    const closed = runner([refusal('CANCELLED')]);
    await expect(closed.items.run(WORK, never)).rejects.toMatchObject({ code: 'CANCELLED' });

    const { items, clock } = runner([refusal('OVERLOADED', 700)]);
    const stopping = new AbortController();
    const running = items.run(WORK, stopping.signal);
    while (clock.timers === 0) await new Promise((resolve) => setImmediate(resolve));
    stopping.abort();
    await expect(running).rejects.toBe(stopping.signal.reason);
    expect(clock.timers).toBe(0);

    const refused = runner([refusal('BAD_IMAGE')]);
    await expect(refused.items.run(WORK, AbortSignal.abort())).rejects.toThrow();
  });
});

describe('memory for pictures', () => {
  const KiB = 1024;
  const block = 128 * KiB;

  it('is lent in the order of asking; who finds none waits', async () => {
    const memory = new MemoryQueue(new UploadMemory(3 * block));
    const first = await memory.lend(1, never);
    const order: string[] = [];
    const large = memory.lend(3 * block - 1, never).then(
      () => order.push('large'),
      (error) => order.push(error.code),
    );
    const small = memory.lend(1, never).then(() => order.push('small'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(order).toEqual([]);
    memory.giveBack(first);
    await Promise.all([large, small]);
    // Rounded up to 512 KiB it does not fit even now.
    expect(order).toEqual(['IMAGE_TOO_LARGE', 'small']);
  });

  it('is not lent to who has given up, and those behind go on', async () => {
    const memory = new MemoryQueue(new UploadMemory(block));
    const first = await memory.lend(1, never);
    const leaving = new AbortController();
    const impatient = memory.lend(1, leaving.signal);
    const patient = memory.lend(1, never);
    await new Promise((resolve) => setImmediate(resolve));
    leaving.abort();
    await expect(impatient).rejects.toThrow('aborted');
    memory.giveBack(first);
    expect((await patient).byteLength).toBe(block);
  });
});
