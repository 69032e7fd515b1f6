// Facts about batches as users of Apollo Client meet them.
import { randomUUID } from 'node:crypto';
import { type ApolloClient, CombinedGraphQLErrors, gql, type TypedDocumentNode } from '@apollo/client';
import { createClient } from 'graphql-ws';
import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { WebSocket } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type GatewayProcess, SYNTHETIC, startGateway } from '../support/gateway-process.ts';
import { TcpLink } from '../support/tcp-link.ts';
import { APOLLO_TRANSPORTS, apolloClient, progressOf } from './apollo.ts';
import { expectWholeLog, labelAt, type ProgressEvent, pictureAt, until } from './batch-client.ts';
import { StepwiseUpload } from './stepwise-upload.ts';

const PICTURES = 30;
const NO_SUCH_BATCH = 'no-such-batch-at-all';

interface Batch {
  readonly __typename: 'Batch';
  readonly id: string;
  readonly state: string;
  readonly total: number;
  readonly done: number;
}

interface Items {
  readonly nodes: readonly { readonly index: number; readonly label: string | null }[];
  readonly next: string | null;
}

const CLASSIFY_BATCH: TypedDocumentNode<{ classifyBatch: Batch }> = gql`
  mutation ($images: [Upload!]!, $clientBatchId: ID) {
    classifyBatch(images: $images, clientBatchId: $clientBatchId) { id state total done }
  }
`;
const BATCH: TypedDocumentNode<{ batch: Batch | null }> = gql`
  query ($id: ID!) { batch(id: $id) { id state total done } }
`;
const PAGE: TypedDocumentNode<{ batch: { items: Items } }> = gql`
  query ($id: ID!, $after: String) {
    batch(id: $id) { id items(first: 12, after: $after) { nodes { index label } next } }
  }
`;
const CANCEL_BATCH: TypedDocumentNode<{ cancelBatch: Batch }> = gql`
  mutation ($id: ID!) { cancelBatch(id: $id) { id state total done } }
`;

let gateway: GatewayProcess;
beforeAll(async () => {
  // Apollo's link looks at the global one when a connection is lost; Node.js has had it since 22.
  vi.stubGlobal('WebSocket', WebSocket);
  gateway = await startGateway(...SYNTHETIC, '--max-workers', '1');
});
afterAll(async () => {
  await gateway.stop();
  vi.unstubAllGlobals();
});

// Apollo warns of results that do not fit its cache.
const complaints: unknown[] = [];
beforeEach(() => {
  for (const level of ['warn', 'error'] as const) {
    vi.spyOn(console, level).mockImplementation((...words) => void complaints.push(words));
  }
});
afterEach(() => {
  vi.restoreAllMocks();
  expect(complaints.splice(0)).toEqual([]);
});

async function upload(client: ApolloClient, clientBatchId: string | null = null): Promise<Batch> {
  const images = Array.from({ length: PICTURES }, (_, i) => new Blob([pictureAt(i) as Uint8Array<ArrayBuffer>]));
  const { data } = await client.mutate({ mutation: CLASSIFY_BATCH, variables: { images, clientBatchId } });
  return (data as { classifyBatch: Batch }).classifyBatch;
}

/** Page by page. */
async function resultsOf(client: ApolloClient, id: string, after: string | null = null): Promise<Items['nodes']> {
  const { data } = await client.query({ query: PAGE, variables: { id, after } });
  const { nodes, next } = (data as { batch: { items: Items } }).batch.items;
  return next === null ? nodes : [...nodes, ...(await resultsOf(client, id, next))];
}

function completed(client: ApolloClient, id: string): Promise<ProgressEvent> {
  return lastValueFrom(progressOf(client, id));
}

async function rejection(attempt: Promise<unknown>): Promise<unknown> {
  return attempt.then(
    () => null,
    (error) => error,
  );
}

describe('Apollo Client', () => {
  it('uploads a batch and reads its results page by page', async () => {
    const client = apolloClient(gateway.url);
    const { id, total } = await upload(client);
    expect(total).toBe(PICTURES);
    await completed(client, id);
    const nodes = await resultsOf(client, id);
    const expected = Array.from({ length: PICTURES }, (_, index) => ({ index, label: labelAt(index) }));
    expect(nodes).toMatchObject(expected);
  });

  it('gets the same batch again for an upload that it sends twice', async () => {
    const client = apolloClient(gateway.url);
    const clientBatchId = randomUUID();
    const { id } = await upload(client, clientBatchId);
    expect(await upload(client, clientBatchId)).toMatchObject({ id, total: PICTURES });
  });

  it('is told by an error with a code that there is no batch to cancel', async () => {
    const client = apolloClient(gateway.url);
    const error = await rejection(client.mutate({ mutation: CANCEL_BATCH, variables: { id: NO_SUCH_BATCH } }));
    expect(CombinedGraphQLErrors.is(error)).toBe(true);
    expect(error).toMatchObject({ errors: [{ extensions: { code: 'BATCH_NOT_FOUND' } }] });
  });

  it('finds null where there is no batch to read', async () => {
    const answer = await apolloClient(gateway.url).query({ query: BATCH, variables: { id: NO_SUCH_BATCH } });
    expect(answer.data).toEqual({ batch: null });
  });

  it('is answered when it asks whether the WebSocket is alive', async () => {
    const client = createClient({
      url: `${gateway.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      lazy: false,
      keepAlive: 1,
    });
    await new Promise<void>((resolve) => {
      client.on('pong', (received) => received && resolve());
    });
    await client.dispose();
  });
});

describe.each(APOLLO_TRANSPORTS)('a subscription of Apollo Client over %s', (_, subscriptions) => {
  it('tells every event once, and then that the batch is complete', async () => {
    const client = apolloClient(gateway.url, subscriptions);
    const { id } = await upload(client);
    expectWholeLog(await events(client, id), PICTURES);
  });

  it('goes on behind the event that it is given', async () => {
    const client = apolloClient(gateway.url, subscriptions);
    const { id } = await upload(client);
    const all = await events(client, id);
    expect(await events(client, id, 10)).toEqual(all.slice(10));
  });

  it('says with a code that there is no such batch', async () => {
    const error = await rejection(firstValueFrom(progressOf(apolloClient(gateway.url, subscriptions), NO_SUCH_BATCH)));
    expect(CombinedGraphQLErrors.is(error)).toBe(true);
    expect(error).toMatchObject({ errors: [{ extensions: { code: 'BATCH_NOT_FOUND' } }] });
  });

  it('loses and doubles no event if its connection is cut again and again', async () => {
    const cuts = 5;
    const clientBatchId = randomUUID();
    const sending = await StepwiseUpload.begin(gateway.url, cuts + 1, clientBatchId);
    const link = await TcpLink.open(Number(new URL(gateway.url).port));
    const client = apolloClient(`http://127.0.0.1:${link.port}`, subscriptions);
    const told: ProgressEvent[] = [];
    let losses = 0;
    const progress = progressOf(client, clientBatchId, 0, () => losses++);
    const ended = new Promise<void>((complete, error) => {
      progress.subscribe({ next: (event) => told.push(plain(event)), error, complete });
    });
    for (let cut = 1; cut <= cuts; cut++) {
      sending.send();
      await until(async () => told.length === cut);
      link.cut();
      link.mend();
      await until(async () => losses === cut);
    }
    sending.send();
    expect(await sending.end()).toMatchObject({ status: 200 });
    await ended;
    expectWholeLog(told, cuts + 1);
    await link.close();
  });

  async function events(client: ApolloClient, id: string, after = 0): Promise<readonly ProgressEvent[]> {
    const told = await lastValueFrom(progressOf(client, id, after).pipe(toArray()));
    return told.map(plain);
  }
});

describe("a batch in Apollo Client's cache", () => {
  it('is one, whether it was uploaded, found by its id, or found by the id of the client', async () => {
    const client = apolloClient(gateway.url);
    const clientBatchId = randomUUID();
    const { id } = await upload(client, clientBatchId);
    await completed(client, id);
    await client.query({ query: BATCH, variables: { id } });
    await client.query({ query: BATCH, variables: { id: clientBatchId } });
    const batches = Object.entries(client.cache.extract() as object).filter(([key]) => key.startsWith('Batch:'));
    expect(batches).toMatchObject([[`Batch:${id}`, { state: 'COMPLETED', done: PICTURES }]]);
  });

  it('is brought up to date for who watches it when somebody else reads it again', async () => {
    const { client, watched, sending } = await watchedBatch();
    const { id } = watched();
    sending.send();
    await until(async () => {
      await client.query({ query: BATCH, variables: { id }, fetchPolicy: 'network-only' });
      return watched().done === 1;
    });
    sending.send();
    await sending.end();
  });

  it('is brought up to date by progress that is written to it', async () => {
    const { client, watched, sending } = await watchedBatch();
    const { id } = watched();
    sending.send();
    sending.send();
    await sending.end();
    await new Promise<void>((complete, error) => {
      progressOf(client, id).subscribe({
        next({ state, total, done }) {
          const fields = { state: () => state, total: () => total, done: () => done };
          client.cache.modify({ id: `Batch:${id}`, fields });
        },
        error,
        complete,
      });
    });
    // Apollo tells watchers a moment later.
    await until(async () => watched().state === 'COMPLETED');
    expect(watched()).toMatchObject({ id, total: 2, done: 2 });
  });

  it('is cancelled for who watches it by the answer of cancelBatch', async () => {
    const { client, watched, sending } = await watchedBatch();
    await client.mutate({ mutation: CANCEL_BATCH, variables: { id: watched().id } });
    expect(watched().state).toBe('CANCELLED');
    sending.send();
    sending.send();
    await sending.end();
  });

  /** A batch of two pictures of which none is sent yet. */
  async function watchedBatch() {
    const client = apolloClient(gateway.url);
    const clientBatchId = randomUUID();
    const sending = await StepwiseUpload.begin(gateway.url, 2, clientBatchId);
    const watch = client.watchQuery({ query: BATCH, variables: { id: clientBatchId } });
    watch.subscribe({});
    await until(async () => watch.getCurrentResult().dataState === 'complete');
    const watched = () => watch.getCurrentResult().data?.batch as Batch;
    return { client, watched, sending };
  }
});

/** Without the type names that Apollo asks for. */
function plain<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value, (key, inner) => (key === '__typename' ? undefined : inner)));
}
