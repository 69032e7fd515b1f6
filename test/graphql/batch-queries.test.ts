// Facts about batches as queries see them: what everybody with the id may see, page by page, and what the admin may see.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ADMIN_TOKEN } from '../support/gateway-process.ts';
import { query } from '../support/graphql-client.ts';
import { type BatchAnswer, upload } from './batch-request.ts';
import { type BatchServer, OUTCOME, openBatchServer } from './batch-server.ts';

const CLIENT_ID = 'a-client-batch-id-0001';
const ITEM = 'index name status label confidence scores { label confidence } error { code message }';

let server: BatchServer;
let batch: BatchAnswer;
beforeAll(async () => {
  const bad = { ok: false, code: 'BAD_IMAGE', message: 'It is no picture.' } as const;
  server = await openBatchServer({}, { outcome: ({ index }) => (index === 1 ? bad : OUTCOME), concurrency: 1 });
  batch = await upload(server.url, 5, { clientBatchId: CLIENT_ID });
  server.finish(3);
  await vi.waitUntil(async () => (await server.batches.find(batch.id))?.seq === 4);
});
afterAll(() => server.close());

interface Items {
  readonly batch: { readonly items: { readonly nodes: readonly unknown[]; readonly next: string | null } };
}

async function items(args: string) {
  const { data, errors } = await query<Items>(
    server.url,
    `{ batch(id: "${batch.id}") { items${args} { nodes { ${ITEM} } next } } }`,
  );
  return { page: data?.batch?.items, error: errors?.[0] };
}

describe('a batch', () => {
  const FIELDS = 'id clientBatchId state model createdAt total done failed cancelled seq';

  it.each([
    ['its id', () => batch.id],
    ["the client's id", () => CLIENT_ID],
  ])('is found by %s', async (_, id) => {
    const { data } = await query(server.url, `query ($id: ID!) { batch(id: $id) { ${FIELDS} } }`, { id: id() });
    expect(data).toEqual({
      batch: { ...batch, state: 'RUNNING', total: 5, done: 2, failed: 1, cancelled: 0, seq: 4 },
    });
    expect(batch.createdAt).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it('is null if there is none', async () => {
    expect(await query(server.url, '{ batch(id: "no-such-batch") { id } }')).toEqual({ data: { batch: null } });
  });
});

describe('its items', () => {
  it('are in the order of the upload, each with what became of it', async () => {
    const waiting = { name: 'cat.jpg', label: null, confidence: null, scores: null, error: null };
    const done = { ...waiting, status: 'DONE', label: 'cat', confidence: 1, scores: [{ label: 'cat', confidence: 1 }] };
    const { page } = await items('');
    expect(page).toEqual({
      nodes: [
        { index: 0, ...done },
        { index: 1, ...waiting, status: 'FAILED', error: { code: 'BAD_IMAGE', message: 'It is no picture.' } },
        { index: 2, ...done },
        { index: 3, ...waiting, status: 'RUNNING' },
        { index: 4, ...waiting, status: 'QUEUED' },
      ],
      next: null,
    });
  });

  it('come page by page', async () => {
    const { page: first } = await items('(first: 3)');
    expect(first?.nodes).toMatchObject([{ index: 0 }, { index: 1 }, { index: 2 }]);
    const { page: second } = await items(`(first: 3, after: "${first?.next}")`);
    expect(second).toMatchObject({ nodes: [{ index: 3 }, { index: 4 }], next: null });
  });

  it('can be those of one status', async () => {
    const indexes = async (status: string) => (await items(`(status: ${status})`)).page?.nodes;
    expect(await indexes('DONE')).toMatchObject([{ index: 0 }, { index: 2 }]);
    expect(await indexes('FAILED')).toMatchObject([{ index: 1 }]);
    expect(await indexes('CANCELLED')).toEqual([]);
  });

  it.each([0, -1, 1001, null])('are not first: %s at once', async (first) => {
    const { error } = await items(`(first: ${first})`);
    expect(error).toMatchObject({
      message: `first is ${first}; it must be 1 to 1000.`,
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });

  it('are at most 2000 in one request', async () => {
    const pages = (count: number) =>
      Array.from({ length: count }, (_, i) => `a${i}: batch(id: "${batch.id}") { items(first: 1000) { next } }`).join(
        ' ',
      );
    expect((await query(server.url, `{ ${pages(2)} }`)).errors).toBeUndefined();
    expect((await query(server.url, `{ ${pages(3)} }`)).errors).toMatchObject([
      { message: expect.stringContaining('2000'), extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });

  it('do not go on behind what is no page', async () => {
    expect((await items('(after: "tiger")')).error?.extensions.code).toBe('BAD_USER_INPUT');
  });
});

describe('all batches', () => {
  const list = (args: string, token?: string) =>
    query<{ batches: { nodes: readonly { id: string }[]; next: string | null } }>(
      server.url,
      `{ batches${args} { nodes { id } next } }`,
      {},
      token,
    );

  it('are for the admin', async () => {
    expect((await list('')).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    expect((await list('', 'not-the-admin-token')).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });

  it('are listed page by page, the latest first', async () => {
    const other = await upload(server.url, 1);
    const { data } = await list('(first: 1)', ADMIN_TOKEN);
    expect(data?.batches.nodes).toEqual([{ id: other.id }]);
    const { data: rest } = await list(`(first: 1, after: "${data?.batches.next}")`, ADMIN_TOKEN);
    expect(rest?.batches).toEqual({ nodes: [{ id: batch.id }], next: null });
  });
});

describe('a batch that is to be cancelled', () => {
  const cancel = (id: string) =>
    query(server.url, 'mutation ($id: ID!) { cancelBatch(id: $id) { state total cancelled } }', { id });

  it('may be named by the id of the client, and more than once', async () => {
    const clientBatchId = 'a-client-batch-id-0002';
    await upload(server.url, 3, { clientBatchId });
    for (let i = 0; i < 2; i++) {
      expect(await cancel(clientBatchId)).toEqual({
        data: { cancelBatch: { state: 'CANCELLED', total: 3, cancelled: 3 } },
      });
    }
  });

  it('must be there', async () => {
    expect((await cancel('no-such-batch')).errors?.[0]).toMatchObject({
      message: expect.stringContaining('no-such-batch'),
      extensions: { code: 'BATCH_NOT_FOUND' },
    });
  });
});

describe('/readyz', () => {
  const readyz = async () => {
    const response = await fetch(`${server.url}/readyz`);
    return { code: response.status, ...((await response.json()) as { status: string }) };
  };

  it('says why batches cannot be used, for as long as they cannot', async () => {
    expect(await readyz()).toEqual({ code: 200, status: 'ready' });
    const trouble = vi.spyOn(server.store, 'trouble').mockReturnValue('The store is away.');
    expect(await readyz()).toEqual({ code: 503, status: 'The store is away.' });
    trouble.mockRestore();
    expect(await readyz()).toEqual({ code: 200, status: 'ready' });
  });
});
