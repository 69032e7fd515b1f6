// Facts about a batch as its subscribers see it: the same over both transports, without loss, without anything twice.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { begin, END, file, fileHead } from '../http/raw-http.ts';
import { overEvents, overWebSocket, type Subscribe, TRANSPORTS } from '../http/subscribers.ts';
import { query } from '../support/graphql-client.ts';
import { batchHead, upload } from './batch-request.ts';
import { type BatchServer, OUTCOME, openBatchServer } from './batch-server.ts';

const PROGRESS = `subscription ($id: ID!, $after: Int) {
  batchProgress(id: $id, after: $after) {
    seq state total done failed item { index name status label confidence error { code message } }
  }
}`;

interface Progress {
  readonly batchProgress: {
    readonly seq: number;
    readonly state: string;
    readonly total: number;
    readonly done: number;
    readonly failed: number;
    readonly item: { readonly index: number; readonly status: string; readonly error: { code: string } | null } | null;
  };
}

let server: BatchServer;
beforeAll(async () => {
  const bad = { ok: false, code: 'BAD_IMAGE', message: 'It is no picture.' } as const;
  server = await openBatchServer({}, { outcome: ({ index }) => (index === 1 ? bad : OUTCOME) });
});
afterAll(() => server.close());

const follow = (subscribe: Subscribe, id: string, after: number | null = null) =>
  subscribe<Progress>(server.url, PROGRESS, { id, after });

describe.each(TRANSPORTS)('over %s', (_, subscribe) => {
  it('the first event is a snapshot, then each picture has one, and the last one ends it', async () => {
    const { id } = await upload(server.url, 3);
    const { results, ended, arrived } = follow(subscribe, id);
    await arrived(1);
    server.finish(3);
    await ended;
    expect(results.map(({ data }) => data?.batchProgress)).toMatchObject([
      { seq: 1, state: 'RUNNING', total: 3, done: 0, failed: 0, item: null },
      { seq: 2, state: 'RUNNING', item: { index: 0, name: 'cat.jpg', status: 'DONE', label: 'cat', error: null } },
      {
        seq: 3,
        item: { index: 1, status: 'FAILED', label: null, error: { code: 'BAD_IMAGE', message: 'It is no picture.' } },
      },
      { seq: 4, state: 'COMPLETED', total: 3, done: 2, failed: 1, item: { index: 2 } },
    ]);
  });

  it('a batch that has ended is a snapshot, and that is all', async () => {
    const { id } = await upload(server.url, 1);
    server.finish(1);
    await follow(subscribe, id).ended;
    const { results, ended } = follow(subscribe, id);
    await ended;
    expect(results).toMatchObject([{ data: { batchProgress: { seq: 2, state: 'COMPLETED', item: null } } }]);
  });

  it('after a number come the events behind it, without a snapshot', async () => {
    const { id } = await upload(server.url, 3);
    server.finish(3);
    await follow(subscribe, id).ended;
    const { results, ended } = follow(subscribe, id, 2);
    await ended;
    expect(results.map(({ data }) => data?.batchProgress.seq)).toEqual([3, 4]);
    expect(results.every(({ data }) => data?.batchProgress.item)).toBe(true);
  });

  it('after 0 comes everything; after the last one nothing but the end', async () => {
    const { id } = await upload(server.url, 2);
    server.finish(2);
    await follow(subscribe, id).ended;
    const all = follow(subscribe, id, 0);
    await all.ended;
    expect(all.results.map(({ data }) => data?.batchProgress.seq)).toEqual([1, 2, 3]);
    const none = follow(subscribe, id, 3);
    await none.ended;
    expect(none.results).toEqual([]);
  });

  it('it can be followed by the id of the client, from before the upload is complete', async () => {
    const clientBatchId = `a-client-batch-id-${subscribe.name}`;
    const request = begin(server.url);
    for (const piece of [batchHead(2, { clientBatchId }), file(Buffer.from('x')), fileHead('1')]) request.write(piece);
    const accepted = async () => (await server.batches.find(clientBatchId))?.total === 1;
    while (!(await accepted())) await new Promise(setImmediate);
    const { results, ended, arrived } = follow(subscribe, clientBatchId);
    await arrived(1);
    expect(results[0]?.data?.batchProgress).toMatchObject({ seq: 0, state: 'ACCEPTING', total: 1 });
    server.finish(2);
    await arrived(2);
    for (const piece of [Buffer.from('x\r\n'), END]) request.write(piece);
    expect((await request.end()).code).toBeNull();
    await ended;
    expect(results.at(-1)?.data?.batchProgress).toMatchObject({ state: 'COMPLETED', total: 2 });
  });

  it('20 disconnections lose nothing, and nothing comes twice', async () => {
    const { id } = await upload(server.url, 60);
    const seen: number[] = [];
    let { seq } = (await server.batches.find(id)) ?? { seq: 0 };
    expect(seq).toBe(1);
    for (let i = 0; i < 20; i++) {
      const subscriber = follow(subscribe, id, seq);
      server.finish(3);
      await subscriber.arrived(1 + (i % 3));
      subscriber.leave();
      // What arrived counts, also if it came while the client was leaving.
      for (const { data } of subscriber.results) seen.push(data?.batchProgress.seq ?? Number.NaN);
      seq = seen.at(-1) ?? seq;
    }
    const rest = follow(subscribe, id, seq);
    await rest.ended;
    for (const { data } of rest.results) seen.push(data?.batchProgress.seq ?? Number.NaN);
    expect(seen).toEqual(Array.from({ length: 60 }, (_, i) => i + 2));
  });

  it('a batch that is cancelled says so', async () => {
    const { id } = await upload(server.url, 10);
    const { results, ended, arrived } = follow(subscribe, id);
    await arrived(1);
    const { data } = await query<{ cancelBatch: { state: string; cancelled: number } }>(
      server.url,
      'mutation ($id: ID!) { cancelBatch(id: $id) { state cancelled } }',
      { id },
    );
    expect(data?.cancelBatch).toEqual({ state: 'CANCELLED', cancelled: 6 });
    server.finish(4);
    await ended;
    expect(results.at(-1)?.data?.batchProgress).toMatchObject({ state: 'CANCELLED', total: 10, done: 3, failed: 1 });
  });

  it.each([
    ['no such batch', 'no-such-batch-0000', null, 'BATCH_NOT_FOUND', 'no-such-batch-0000'],
    ['after a number beyond the end', 'known', 7, 'BAD_USER_INPUT', '7'],
    ['after less than nothing', 'known', -1, 'BAD_USER_INPUT', '-1'],
  ])('%s is an error that the client sees, and the end', async (_, which, after, code, quoted) => {
    const id = which === 'known' ? (await upload(server.url, 1)).id : which;
    const { results, ended } = follow(subscribe, id, after);
    await ended;
    expect(results).toEqual([{ errors: [{ message: expect.stringContaining(quoted), extensions: { code } }] }]);
    if (which === 'known') server.finish(1);
  });
});

describe('both transports', () => {
  it('carry identical events', async () => {
    const { id } = await upload(server.url, 50);
    const both = [follow(overWebSocket, id), follow(overEvents, id)] as const;
    for (const { arrived } of both) await arrived(1);
    server.finish(50);
    for (const { ended } of both) await ended;
    expect(both[0].results).toHaveLength(51);
    expect(both[1].results).toEqual(both[0].results);
  });
});

describe('after all that', () => {
  it('nobody listens to the store any more but who cleans the spool, and nothing was an internal error', async () => {
    while (server.listeners() > 1) await new Promise(setImmediate);
    expect(server.events).toEqual([]);
  });
});
