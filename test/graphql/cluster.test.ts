// Facts about what the admin is told of the gateways that share their batches.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { ClusterView } from '../../src/batches/cluster-view.ts';
import { GatewayError } from '../../src/core/contracts/errors.ts';
import { ADMIN_TOKEN } from '../support/gateway-process.ts';
import { query } from '../support/graphql-client.ts';
import { openTestPool, type TestPool } from '../support/test-pool.ts';
import { listen } from './batch-server.ts';

const CLUSTER = '{ poolStats { maxWorkers cluster { nodes { id address workers seenAt } } } }';

let pool: TestPool;
let server: Awaited<ReturnType<typeof listen>>;
beforeAll(async () => {
  pool = await openTestPool('synthetic', { reserved: '1', maxWorkers: '2' });
});
afterAll(() => pool.pool.close());
afterEach(() => server.fastify.close());

async function ask(cluster: ClusterView | null, text = CLUSTER, token: string | undefined = ADMIN_TOKEN) {
  const batches = { trouble: () => null } as never;
  server = await listen(batches, pool.events, { gateway: { ...pool, batches, cluster } });
  return query(server.url, text, {}, token);
}

const away: ClusterView = {
  nodes: () => Promise.reject(new GatewayError('OVERLOADED', 'Redis at redis:6379 cannot be reached.', 2000)),
};

it('a gateway on its own is in no cluster', async () => {
  expect(await ask(null)).toEqual({ data: { poolStats: { maxWorkers: 2, cluster: null } } });
});

it('gateways that share their batches are all shown, and when each was seen', async () => {
  const seenAt = '2024-02-29T12:34:56.789Z';
  const nodes = [
    { id: 'a', address: 'one:4000', workers: 3, seenAt: Date.parse(seenAt) },
    { id: 'b', address: 'two:4000', workers: 0, seenAt: Date.parse(seenAt) + 1 },
  ];
  const { data } = await ask({ nodes: async () => nodes });
  expect(data?.poolStats).toMatchObject({
    cluster: {
      nodes: [
        { id: 'a', address: 'one:4000', workers: 3, seenAt },
        { id: 'b', address: 'two:4000', workers: 0, seenAt: '2024-02-29T12:34:56.790Z' },
      ],
    },
  });
});

it('while Redis is away the cluster alone is missing, with the reason', async () => {
  expect(await ask(away)).toMatchObject({
    data: { poolStats: { maxWorkers: 2, cluster: null } },
    errors: [
      {
        message: 'Redis at redis:6379 cannot be reached.',
        path: ['poolStats', 'cluster'],
        extensions: { code: 'OVERLOADED', retryAfterMs: 2000 },
      },
    ],
  });
});

it('Redis is not asked by who asks for the pool alone', async () => {
  expect(await ask(away, '{ poolStats { maxWorkers } }')).toEqual({ data: { poolStats: { maxWorkers: 2 } } });
});

it('nobody but the admin is told', async () => {
  expect(await ask(away, CLUSTER, 'wrong')).toMatchObject({
    data: null,
    errors: [{ extensions: { code: 'FORBIDDEN' } }],
  });
});
