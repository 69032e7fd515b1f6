import { describe, expect, it } from 'vitest';
import { ItemRunner } from '../../src/batches/run-item.ts';
import { type ErrorCode, GatewayError } from '../../src/core/contracts/errors.ts';
import type { GatewayEvent } from '../../src/core/contracts/ports.ts';
import type { ModelVersion } from '../../src/models/manifest.ts';
import type { Classification, ClassifyRequest } from '../../src/pool/classifier.ts';
import { VirtualClock } from '../pool/schedule/virtual-clock.ts';

const MODEL = { key: 'm@1' } as ModelVersion;
const WORK = { batchId: 'a-batch-of-this-test', index: 3, place: { offset: 40, length: 9 }, model: 'm@1', topK: 2 };
const SCORES = [
  { label: 'cat', confidence: 0.75 },
  { label: 'dog', confidence: 0.25 },
];
const ANSWER = { label: 'cat', confidence: 0.75, scores: SCORES, model: 'm@1' } as unknown as Classification;
const PATIENCE_MS = 30_000;

/** Answers each attempt with the next of `answers`, the last one again and again. */
function runner(answers: readonly (Classification | Error)[]) {
  const clock = new VirtualClock();
  const requests: (ClassifyRequest & { readonly at: number })[] = [];
  const emitted: GatewayEvent[] = [];
  const items = new ItemRunner({
    spool: { path: (batchId) => `/spool/${batchId}` },
    models: {
      resolve: (key) => {
        if (key === MODEL.key) return MODEL;
        throw new GatewayError('MODEL_NOT_FOUND', `there is no model ${key}`);
      },
    },
    classify: async (request) => {
      requests.push({ ...request, at: clock.now() });
      const answer = answers[Math.min(requests.length, answers.length) - 1] as Classification | Error;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    clock,
    events: { emit: (event) => emitted.push(event) },
    patienceMs: PATIENCE_MS,
  });
  return { items, clock, requests, emitted };
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

const refusal = (code: ErrorCode, retryAfterMs?: number) => new GatewayError(code, 'Not now.', retryAfterMs);
const never = new AbortController().signal;

describe('an item of a batch', () => {
  it('is classified as bulk, without a deadline, from its place in the spool', async () => {
    const { items, requests } = runner([ANSWER]);
    expect(await items.run(WORK, never)).toEqual({ ok: true, label: 'cat', confidence: 0.75, scores: SCORES });
    const picture = { file: '/spool/a-batch-of-this-test', offset: 40, length: 9 };
    const wishes = { topK: 2, deadlineMs: null, signal: never };
    expect(requests).toMatchObject([{ picture, model: MODEL, priority: 'bulk', ...wishes }]);
  });

  it.each(['BAD_IMAGE', 'UNSUPPORTED_FORMAT', 'IMAGE_TOO_LARGE', 'WORKER_FAILED'] as const)(
    'fails with %s and its message when the pool says so',
    async (code) => {
      const { items, requests } = runner([refusal(code)]);
      expect(await items.run(WORK, never)).toEqual({ ok: false, code, message: 'Not now.' });
      expect(requests).toHaveLength(1);
    },
  );

  it('fails with MODEL_NOT_FOUND when its model is gone', async () => {
    const { items, requests } = runner([ANSWER]);
    const outcome = await items.run({ ...WORK, model: 'm@0' }, never);
    expect(outcome).toEqual({ ok: false, code: 'MODEL_NOT_FOUND', message: 'there is no model m@0' });
    expect(requests).toEqual([]);
  });

  it('fails at an error that is our own; what it is goes into the log, not to the client', async () => {
    const error = new Error('EIO: /the/path');
    const { items, emitted } = runner([error]);
    const outcome = await items.run(WORK, never);
    expect(outcome).toMatchObject({ ok: false, code: 'WORKER_FAILED', message: expect.stringContaining('internal') });
    expect(JSON.stringify(outcome)).not.toContain('/the/path');
    expect(emitted).toEqual([{ type: 'internalError', error }]);
  });

  it('that finds the queue full comes back at its time', async () => {
    const { items, clock, requests } = runner([refusal('OVERLOADED', 700), ANSWER]);
    const running = items.run(WORK, never);
    while (clock.timers === 0) await new Promise((resolve) => setImmediate(resolve));
    clock.runTo(699);
    expect(clock.timers).toBe(1);
    clock.runTo(700);
    expect(await running).toMatchObject({ ok: true });
    expect(requests.map(({ at }) => at)).toEqual([0, 700]);
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
