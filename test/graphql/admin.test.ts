// Facts about what everybody may see and what only the admin may see and do.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postText } from '../http/raw-http.ts';
import { ADMIN_TOKEN, type GatewayProcess, SYNTHETIC, startGateway } from '../support/gateway-process.ts';
import { query } from '../support/graphql-client.ts';

let gateway: GatewayProcess;
beforeAll(async () => {
  gateway = await startGateway(...SYNTHETIC, '--max-workers', '3');
});
afterAll(() => gateway.stop());

const STATS = `summary { reserved reservedBusy onDemand onDemandBusy queued } maxWorkers
  workers { id kind model state served coldStart { thread runtime model warmUp total } }
  models { model reserved queued serviceMs coldStartMs }
  counters { submitted dispatched finished coldServed rejected expired cancelled failed retried workersStarted workersStopped workersDied }
  memoryBytes uptimeMs`;
const ADMIN_OPERATIONS = {
  poolStats: '{ poolStats { maxWorkers } }',
  provision: 'mutation { provision(model: "synthetic", reserved: 1) { maxWorkers } }',
};

describe.each(Object.entries(ADMIN_OPERATIONS))('%s', (_, operation) => {
  const answerWith = (authorization?: string) =>
    postText(gateway.url, JSON.stringify({ query: operation }), {
      'content-type': 'application/json',
      ...(authorization !== undefined && { authorization }),
    });

  it.each([undefined, '', 'Bearer', 'Bearer ', `Basic ${ADMIN_TOKEN}`, ADMIN_TOKEN])(
    'needs a bearer token: %s',
    async (authorization) => {
      expect((await answerWith(authorization)).code).toBe('UNAUTHENTICATED');
    },
  );

  it.each([`${ADMIN_TOKEN}x`, ADMIN_TOKEN.slice(1), ADMIN_TOKEN.toUpperCase(), 'x'.repeat(8000)])(
    'is forbidden with a wrong token: %.30s',
    async (token) => {
      const answer = await answerWith(`Bearer ${token}`);
      expect(answer.code).toBe('FORBIDDEN');
      expect(answer.body).not.toContain(ADMIN_TOKEN);
    },
  );

  it.each(['Bearer', 'bearer', 'BEARER'])('is open to the admin: %s', async (scheme) => {
    expect((await answerWith(`${scheme} ${ADMIN_TOKEN}`)).code).toBeNull();
  });
});

describe('the pool', () => {
  it('shows everybody how many workers there are, and no more', async () => {
    const { data } = await query(gateway.url, '{ pool { reserved reservedBusy onDemand onDemandBusy queued } }');
    expect(data?.pool).toMatchObject({ reservedBusy: 0, onDemandBusy: 0, queued: 0 });
  });

  it('shows the admin every worker with its cold start, every model and every counter', async () => {
    const { data } = await query<{ poolStats: Stats }>(gateway.url, `{ poolStats { ${STATS} } }`, {}, ADMIN_TOKEN);
    const stats = data?.poolStats as Stats;
    const { thread, runtime, model, warmUp, total } = stats.workers[0]?.coldStart ?? {};
    expect(Number(thread) + Number(runtime) + Number(model) + Number(warmUp)).toBeLessThanOrEqual(Number(total) + 1);
    expect(stats.workers[0]).toMatchObject({ kind: 'RESERVED', model: 'synthetic@1' });
    expect(stats.memoryBytes).toBeGreaterThan(10_000_000);
    expect(stats.uptimeMs).toBeGreaterThan(0);
    expect(Object.values(stats.counters).every((count) => Number.isInteger(count) && count >= 0)).toBe(true);
  });
});

describe('provision', () => {
  const provision = async (reserved: number, model = 'synthetic') => {
    const text = `mutation ($model: String!, $reserved: Int!) { provision(model: $model, reserved: $reserved) { ${STATS} } }`;
    return query<{ provision: Stats }>(gateway.url, text, { model, reserved }, ADMIN_TOKEN);
  };

  it('changes the reserved set at once, up and down', async () => {
    const up = await provision(2, 'synthetic@prod');
    expect(up.data?.provision.models.find(({ model }) => model === 'synthetic@1')?.reserved).toBe(2);
    const down = await provision(1, 'synthetic@1');
    expect(down.data?.provision.models.find(({ model }) => model === 'synthetic@1')?.reserved).toBe(1);
  });

  it('refuses more than fit and quotes both numbers', async () => {
    const { errors } = await provision(4);
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(errors?.[0]?.message).toMatch(/\b4\b/);
    expect(errors?.[0]?.message).toMatch(/\b3\b/);
  });

  it('refuses a number below zero and quotes it', async () => {
    const { errors } = await provision(-1);
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(errors?.[0]?.message).toContain('-1');
  });

  it('refuses a model that is not there', async () => {
    expect((await provision(1, 'tiger')).errors?.[0]?.extensions.code).toBe('MODEL_NOT_FOUND');
  });
});

interface Stats {
  readonly workers: readonly { readonly coldStart: Record<string, number> | null }[];
  readonly models: readonly { readonly model: string; readonly reserved: number }[];
  readonly counters: Record<string, number>;
  readonly memoryBytes: number;
  readonly uptimeMs: number;
}
