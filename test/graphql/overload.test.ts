// Facts about too much work: a full queue and a deadline that cannot be met are refused with a time to come back.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { begin, END, file, map, operations, post } from '../http/raw-http.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { blackPicture, poolStats, untilStats } from './faulty-model.ts';

let gateway: GatewayProcess;
let black: Buffer;
beforeAll(async () => {
  const models = ['--model-dir', 'test/fixtures/models', '--model', 'faulty', '--reserved', '1', '--max-workers', '1'];
  gateway = await startGateway(...models, '--queue-limit', '1', '--task-timeout', '60000');
  black = await blackPicture(1000);
  // The only worker has work that it never finishes.
  const request = begin(gateway.url);
  for (const piece of [operations(), map(), file(black), END]) request.write(piece);
  request.end().catch(() => {});
  await untilStats(gateway.url, ({ summary }) => summary.reservedBusy === 1);
});
afterAll(() => gateway.process.kill('SIGKILL'));

const classify = (options = {}) =>
  post(gateway.url, [operations(undefined, { image: null, options }), map(), file(black)]);

describe('a deadline', () => {
  it('that passes while the request waits ends it, on time', async () => {
    const { expired } = (await poolStats(gateway.url)).counters;
    const started = performance.now();
    const answer = await classify({ deadlineMs: 400 });
    const ms = performance.now() - started;
    expect(answer).toMatchObject({ status: 200, code: 'DEADLINE_EXCEEDED' });
    expect(answer.message).toMatch(/waiting|cannot be met/);
    expect(ms).toBeLessThan(2000);
    expect((await poolStats(gateway.url)).counters.expired).toBe(expired + 1);
  });

  it('that no worker could meet is refused at once, and says how much longer it would take', async () => {
    const answer = await classify({ deadlineMs: 1 });
    expect(answer.code).toBe('DEADLINE_EXCEEDED');
    expect(answer.message).toMatch(/\d ms/);
  });
});

describe('a full queue', () => {
  it('refuses the next request, quotes its limit and says when to come back', async () => {
    const waiting = begin(gateway.url);
    for (const piece of [operations(), map(), file(black), END]) waiting.write(piece);
    waiting.end().catch(() => {});
    await untilStats(gateway.url, ({ summary }) => summary.queued === 1);
    const answer = await classify();
    expect(answer).toMatchObject({ status: 200, code: 'OVERLOADED', message: expect.stringContaining('1 of 1') });
    expect(answer.retryAfterMs).toBeGreaterThan(0);
    waiting.disconnect();
    await untilStats(gateway.url, ({ summary }) => summary.queued === 0);
    expect((await classify({ deadlineMs: 300 })).code).toBe('DEADLINE_EXCEEDED');
  });
});
