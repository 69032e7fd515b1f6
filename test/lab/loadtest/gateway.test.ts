import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { type LoadTest, testGateway } from '../../../src/lab/loadtest/load-test.ts';
import type { Run } from '../../../src/lab/report/run.ts';
import { ConfigError } from '../../../src/settings/setting.ts';
import { ADMIN_TOKEN, type GatewayProcess, SYNTHETIC, startGateway } from '../../support/gateway-process.ts';
import { query } from '../../support/graphql-client.ts';
import { every, loadTestOf, users } from './load-test-options.ts';

const SERVICE_MS = 50;

let gateway: GatewayProcess;

beforeAll(async () => {
  // One worker that answers one request each 50 ms.
  const drill = `service=${SERVICE_MS}ms`;
  gateway = await startGateway(...SYNTHETIC, '--max-workers', '1', '--max-batch', '1', '--drill', drill);
});
afterAll(() => gateway.stop());

it("a closed loop's requests are those that the gateway counted", async () => {
  const before = await counters();
  const { totals } = await run(users(4, 500));
  const after = await counters();
  expect(totals).toMatchObject({ errors: 0, errorCodes: {} });
  expect(totals.requests).toBe(after.submitted - before.submitted);
  expect(totals.requests).toBe(after.finished - before.finished);
});

it('a closed loop has as many requests in flight as users', async () => {
  const { samples } = await run(users(4, 300));
  expect(samples[0]).toMatchObject({
    inFlight: 4,
    reserved: 1,
    reservedBusy: 1,
    onDemand: 0,
    starting: 0,
    coldStarts: 0,
  });
  expect(samples[0]?.queued).toBeGreaterThanOrEqual(2);
  expect(samples[0]?.memoryBytes).toBeGreaterThan(1e7);
  expect(samples.at(-1)?.inFlight).toBe(0);
});

it('in an open loop that comes faster than answers go, response times grow though each service is as long', async () => {
  const { totals } = await run(every(SERVICE_MS / 5, 10));
  expect(totals).toMatchObject({ requests: 10, errors: 0 });
  expect(totals.maxMs - totals.minMs).toBeGreaterThan(6 * SERVICE_MS);
});

it('a request that the load generator sends late counts from the time when it should have been sent', async () => {
  const lateMs = 4 * SERVICE_MS;
  function* arrivals() {
    yield 0;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, lateMs);
    yield 1;
  }
  const { totals } = await run({ kind: 'open', name: 'late', durationMs: 1, arrivals });
  expect(totals.requests).toBe(2);
  expect(totals.minMs).toBeGreaterThan(lateMs - 2);
});

it('errors are counted by their codes', async () => {
  const { totals } = await run(every(1, 5), { request: { model: null, deadlineMs: 1 } });
  expect(totals).toMatchObject({ requests: 5, errors: 5, errorCodes: { DEADLINE_EXCEEDED: 5 }, meanMs: Number.NaN });
});

it('arrivals over the bound on outstanding requests are errors, and are not sent', async () => {
  const before = await counters();
  const { totals } = await run(every(0, 10), { maxOutstanding: 3 });
  expect(totals).toMatchObject({ requests: 10, errors: 7, errorCodes: { NOT_SENT: 7 } });
  expect((await counters()).submitted - before.submitted).toBe(3);
});

it("the scheduler's figures are of this run alone", async () => {
  await run(every(0, 4));
  const { figures } = await run(every(0, 2));
  const figure = (name: string) => figures.find(({ key }) => key === name)?.value;
  expect(figure('metNoIdleWorker')).toBe(1);
  expect(figure('workersStarted')).toBe(0);
  // On a busy machine each takes longer, but no less; those of before alone would make four.
  expect(figure('reservedBusySeconds')).toBeGreaterThan((1.9 * SERVICE_MS) / 1000);
  expect(figure('reservedBusySeconds')).toBeLessThan((4 * SERVICE_MS) / 1000);
});

it('without the admin token there are workers and queue, but no memory and no figures', async () => {
  const { samples, figures } = await run(users(4, 300), {}, null);
  expect(figures).toEqual([]);
  expect(samples[0]).toMatchObject({ reserved: 1, memoryBytes: null, coldStarts: Number.NaN });
  expect(samples[0]?.queued).toBeGreaterThanOrEqual(2);
});

it('a run that is ended early is of the time until then, without what had no answer', async () => {
  const end = new AbortController();
  let answers = 0;
  const onRun: LoadTest['onRun'] = (run) => {
    const timer = setInterval(() => {
      ({ answers } = run.progress);
      if (answers > 2) end.abort();
    }, 5);
    return () => clearInterval(timer);
  };
  const { totals } = await run(users(2, 60_000), { signal: end.signal, onRun });
  expect(totals).toMatchObject({ requests: answers, errors: 0 });
  expect(totals.durationMs).toBeLessThan(10_000);
});

it('a wrong admin token is refused, and not shown', async () => {
  const refusal = await failure(run(users(1, 100), {}, 'a-token-of-another-gateway'));
  expect(refusal).toMatch(/^http:\/\/127.*refuses the admin token \(FORBIDDEN\)/);
  expect(refusal).not.toContain('a-token-of-another-gateway');
});

it('a model that the gateway does not serve is refused with those that it does', async () => {
  const refusal = await failure(run(users(1, 100), { request: { model: 'zebra', deadlineMs: null } }));
  expect(refusal).toContain('--model is "zebra": ');
  expect(refusal).toContain('synthetic@1');
});

it('a port where nobody listens is refused with the reason', async () => {
  const test = loadTestOf(users(1, 100));
  const refusal = await failure(testGateway(await test, { url: new URL('http://127.0.0.1:1'), adminToken: null }, 'x'));
  expect(refusal).toMatch(/^http:\/\/127\.0\.0\.1:1\/graphql cannot be reached/);
});

it.each([
  ['<html></html>', 'no GraphQL answer'],
  ['[]', 'no GraphQL answer'],
  ['null', 'no GraphQL answer'],
  ['{"errors":[{"message":"Cannot query field \\"pool\\"."}]}', 'Cannot query field "pool".'],
])('a server that answers %s is no gateway', async (body, why) => {
  const server = createServer((_request, response) => response.end(body)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const refusal = await failure(testGateway(await loadTestOf(users(1, 100)), { url, adminToken: null }, 'x'));
  expect(refusal).toContain('is not a Warmpool gateway');
  expect(refusal).toContain(why);
});

async function run(
  workload: LoadTest['workload'],
  changes: Partial<LoadTest> = {},
  adminToken: string | null = ADMIN_TOKEN,
): Promise<Run> {
  return testGateway(await loadTestOf(workload, changes), { url: new URL(gateway.url), adminToken }, 'test');
}

async function failure(test: Promise<Run>): Promise<string> {
  const error = await test.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ConfigError);
  return (error as Error).message;
}

interface Counters {
  readonly submitted: number;
  readonly finished: number;
}

async function counters(): Promise<Counters> {
  const text = '{ poolStats { counters { submitted finished } } }';
  const { data } = await query<{ poolStats: { counters: Counters } }>(gateway.url, text, {}, ADMIN_TOKEN);
  return (data as { poolStats: { counters: Counters } }).poolStats.counters;
}
