// Facts about the two transports of subscriptions: who may use them, how much, and how they end.
import http from 'node:http';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { upload } from '../graphql/batch-request.ts';
import { type BatchServer, openBatchServer } from '../graphql/batch-server.ts';
import { ADMIN_TOKEN } from '../support/gateway-process.ts';
import { query } from '../support/graphql-client.ts';
import { connect } from './raw-websocket.ts';
import { overEvents, overWebSocket, type Result, TRANSPORTS } from './subscribers.ts';

const PROGRESS = 'subscription ($id: ID!) { batchProgress(id: $id) { seq } }';
const LIMIT = 5;

let server: BatchServer;
let id: string;
beforeAll(async () => {
  server = await openBatchServer({ maxSubscriptions: LIMIT });
  ({ id } = await upload(server.url, 1));
  // The spool's cleaner follows what is running.
  await vi.waitUntil(() => server.listeners() === 1);
});
afterAll(() => server.close());

/** All subscriptions have ended in the server, too. */
const quiet = () => vi.waitUntil(() => server.listeners() === 1, { interval: 2, timeout: 5000 });

function get(headers: http.OutgoingHttpHeaders, search = `?query=${encodeURIComponent('{ batch(id: "x") { id } }')}`) {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const request = http.get(`${server.url}/graphql/stream${search}`, { agent: false, headers }, async (response) => {
      let body = '';
      for await (const chunk of response) body += chunk;
      resolve({ status: response.statusCode ?? 0, body });
    });
    request.on('error', reject);
  });
}

describe('pages of other origins', () => {
  const host = () => new URL(server.url).host;
  const origins: readonly (readonly [string, () => http.OutgoingHttpHeaders, boolean])[] = [
    ['none, as of programs that are no browsers', () => ({}), true],
    ['its own', () => ({ origin: server.url }), true],
    ['its own behind a proxy for https', () => ({ origin: 'https://pool.example', host: 'pool.example' }), true],
    [
      'its own behind a proxy that changes the host',
      () => ({ origin: 'https://a.example', 'x-forwarded-host': 'a.example' }),
      true,
    ],
    ['its own with the default port', () => ({ origin: 'http://pool.example', host: 'pool.example:80' }), true],
    ['another one', () => ({ origin: 'https://evil.example' }), false],
    ['another port', () => ({ origin: 'http://127.0.0.1:1' }), false],
    ['one that only begins like its own', () => ({ origin: `http://${host()}.evil.example` }), false],
    ['that of a sandbox', () => ({ origin: 'null' }), false],
    ['none that is a URL', () => ({ origin: host() }), false],
  ];

  it.each(origins)('WebSocket with the origin %s', async (_, headers, isWelcome) => {
    const { status, socket } = await connect(server.url, headers());
    socket.destroy();
    expect(status).toBe(isWelcome ? 101 : 403);
  });

  it.each(origins)('events with the origin %s', async (_, headers, isWelcome) => {
    const { status, body } = await get({ accept: 'text/event-stream', ...headers() });
    expect(status).toBe(isWelcome ? 200 : 403);
    if (!isWelcome) expect(JSON.parse(body).errors[0].extensions.code).toBe('FORBIDDEN');
  });
});

describe.each(TRANSPORTS)('over %s', (_, subscribe) => {
  const answerTo = async (text: string, variables = {}): Promise<readonly Result<Record<string, unknown>>[]> => {
    const { results, ended } = subscribe<Record<string, unknown>>(server.url, text, variables);
    // graphql-ws has a message of its own for what cannot be executed.
    await ended.catch((errors) => (results as Result<Record<string, unknown>>[]).push({ errors }));
    return results;
  };

  it('queries and mutations are answered, too', async () => {
    expect(await answerTo('{ models { name } }')).toEqual([{ data: { models: expect.any(Array) } }]);
    expect(await answerTo(`mutation { cancelBatch(id: "no-such-batch-0001") { id } }`)).toMatchObject([
      { data: null, errors: [{ path: ['cancelBatch'], extensions: { code: 'BATCH_NOT_FOUND' } }] },
    ]);
  });

  it.each([
    ['broken syntax', 'subscription {', {}, 'GRAPHQL_PARSE_FAILED'],
    ['more tokens than any tool needs', `{ ${'models { name } '.repeat(300)} }`, {}, 'GRAPHQL_PARSE_FAILED'],
    ['no such field', 'subscription { tigers }', {}, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'two fields',
      'subscription { a: batchProgress(id: "x") { seq } b: batchProgress(id: "y") { seq } }',
      {},
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['a missing variable', PROGRESS, {}, 'BAD_USER_INPUT'],
    ['a variable of another type', PROGRESS, { id: [] }, 'BAD_USER_INPUT'],
    ['no operation', 'fragment F on Batch { id }', {}, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'several operations, of which none is named',
      'query A { models { name } } query B { models { name } }',
      {},
      'OPERATION_RESOLUTION_FAILURE',
    ],
    ['an operation for the admin', '{ batches { nodes { id } } }', {}, 'UNAUTHENTICATED'],
  ])('%s is refused with the code of an HTTP request', async (_, text, variables, code) => {
    const [result] = await answerTo(text, variables);
    expect(result?.errors?.[0]?.extensions).toEqual({ code });
  });

  it('an internal error is hidden', async () => {
    const before = server.events.length;
    const [result] = await answerTo('{ pool { queued } }');
    expect(result?.errors).toMatchObject([
      { message: 'Internal server error.', extensions: { code: 'INTERNAL_SERVER_ERROR' } },
    ]);
    expect(server.events.slice(before)).toMatchObject([{ type: 'internalError', error: expect.any(TypeError) }]);
  });

  it('a client that leaves ends its subscription', async () => {
    const subscriber = subscribe(server.url, PROGRESS, { id });
    await subscriber.arrived(1);
    expect(server.listeners()).toBe(2);
    subscriber.leave();
    await quiet();
  });

  it('more subscriptions than the limit are refused until one ends', async () => {
    const open = Array.from({ length: LIMIT }, () => overEvents(server.url, PROGRESS, { id }));
    for (const { arrived } of open) await arrived(1);
    expect(await answerTo(PROGRESS, { id })).toMatchObject([
      {
        errors: [
          { message: expect.stringContaining(`${LIMIT}`), extensions: { code: 'OVERLOADED', retryAfterMs: 5000 } },
        ],
      },
    ]);
    for (const { leave } of open) leave();
    await quiet();
    const again = subscribe(server.url, PROGRESS, { id });
    await again.arrived(1);
    again.leave();
    await quiet();
  });
});

describe('the admin', () => {
  const LIST = '{ batches { nodes { id } } }';

  it('says the token in the first message of a WebSocket', async () => {
    const { messages, send, greet, socket } = await connect(server.url);
    await greet({ authorization: `Bearer ${ADMIN_TOKEN}` });
    send({ type: 'subscribe', id: '1', payload: { query: LIST } });
    await vi.waitUntil(() => messages.length === 3, { interval: 2 });
    expect(messages[1]).toMatchObject({ type: 'next', payload: { data: { batches: { nodes: [{ id }] } } } });
    socket.destroy();
  });

  it('says it in the header of a request for events', async () => {
    const headers = { accept: 'text/event-stream', authorization: `Bearer ${ADMIN_TOKEN}` };
    const { body } = await get(headers, `?query=${encodeURIComponent(LIST)}`);
    expect(body).toContain(`"id":"${id}"`);
  });
});

describe('a WebSocket', () => {
  it('on another path is closed', async () => {
    for (const path of ['/', '/healthz', '/graphql/stream', '/no-such-path']) {
      await (await connect(server.url, {}, path)).closed;
    }
  });

  it('of another protocol is closed', async () => {
    const { closeCode, closed } = await connect(server.url, { 'sec-websocket-protocol': 'graphql-ws' });
    await closed;
    expect(closeCode()).toBe(4406);
  });

  it.each<[string, unknown, number]>([
    ['no message of the protocol', { type: 'meow' }, 4400],
    ['a subscription before the greeting', { type: 'subscribe', id: '1', payload: { query: PROGRESS } }, 4401],
    ['a message without an end', 'x'.repeat(100_000), 1009],
  ])('with %s is closed', async (_, message, code) => {
    const { send, closeCode, closed } = await connect(server.url);
    send(message);
    await closed;
    expect(closeCode()).toBe(code);
  });

  it('too many are closed, and may come back', async () => {
    const open = await Promise.all(Array.from({ length: LIMIT }, () => connect(server.url)));
    const { closeCode, closed } = await connect(server.url);
    await closed;
    expect(closeCode()).toBe(1013);
    for (const { socket } of open) socket.destroy();
    const opens = async () => {
      const { greet, closed, messages, socket } = await connect(server.url);
      await Promise.race([greet(), closed]);
      socket.destroy();
      return messages.length > 0;
    };
    await vi.waitUntil(opens, { interval: 5, timeout: 5000 });
  });

  it('on which too much is asked for at once is answered so', async () => {
    const { messages, send, greet, socket } = await connect(server.url);
    await greet();
    const name = (i: number) => `operation-${i}`;
    const held = holdFind();
    for (let i = 0; i < 101; i++)
      send({ type: 'subscribe', id: name(i), payload: { query: '{ batch(id: "x") { id } }' } });
    await vi.waitUntil(() => messages.length === 2, { interval: 2 });
    expect(messages[1]).toMatchObject({
      id: name(100),
      type: 'error',
      payload: [{ extensions: { code: 'OVERLOADED' } }],
    });
    held.release();
    await vi.waitUntil(() => messages.length === 2 + 200, { interval: 2 });
    socket.destroy();
  });

  it('whose client asks without reading is cut off', async () => {
    const { closed, send, greet, socket } = await connect(server.url);
    await greet();
    socket.pause();
    const payload = { query: '{ __schema { types { name description fields { name description } } } }' };
    let over = false;
    void closed.then(() => {
      over = true;
    });
    // A closed connection is seen at the next write.
    for (let i = 0; !over && i < 100_000; i++) {
      send({ type: 'subscribe', id: `${i}`, payload });
      await new Promise(setImmediate);
    }
    expect(over).toBe(true);
  });
});

function holdFind() {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { find } = server.store;
  server.store.find = async (batchId) => {
    await held;
    return find.call(server.store, batchId);
  };
  return {
    release() {
      server.store.find = find;
      release();
    },
  };
}

describe('a request for events', () => {
  it.each([
    ['that accepts something else', { accept: 'application/json' }, '?query={models{name}}', 406],
    ['without a query', { accept: 'text/event-stream' }, '', 400],
    ['with variables that are no JSON', { accept: 'text/event-stream' }, '?query={models{name}}&variables={', 400],
    ['that is a GET for a mutation', { accept: 'text/event-stream' }, '?query=mutation{cancelBatch(id:"x"){id}}', 405],
  ])('%s is refused', async (_, headers, search, expected) => {
    const { status, body } = await get(headers, search);
    expect(status).toBe(expected);
    expect(JSON.parse(body).errors[0].extensions.code).toBe('BAD_REQUEST');
  });

  it('of a page that sends what needs no permission is refused', async () => {
    const response = await fetch(`${server.url}/graphql/stream`, {
      method: 'POST',
      headers: { accept: 'text/event-stream', 'content-type': 'text/plain' },
      body: JSON.stringify({ query: 'mutation { cancelBatch(id: "x") { id } }' }),
    });
    expect(response.status).toBe(415);
  });

  it('is told to proxies not to be held back, nor kept', async () => {
    const response = await fetch(`${server.url}/graphql/stream`, {
      method: 'POST',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ models { name } }' }),
    });
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    expect(await response.text()).toMatch(/event: next\ndata: .*\n\nevent: complete/);
  });
});

describe('a subscription by a plain HTTP request', () => {
  it('is refused with a code', async () => {
    const { errors } = await query(server.url, PROGRESS, { id });
    expect(errors?.[0]?.extensions.code).toMatch(/^BAD_/);
  });
});

describe('when the gateway shuts down', () => {
  it('open subscriptions end, so that their clients come back for the rest', async () => {
    const closing = await openBatchServer();
    const batch = await upload(closing.url, 1);
    const raw = await connect(closing.url);
    await raw.greet();
    raw.send({ type: 'subscribe', id: '1', payload: { query: PROGRESS, variables: { id: batch.id } } });
    const [ws, sse] = [overWebSocket, overEvents].map((subscribe) =>
      subscribe(closing.url, PROGRESS, { id: batch.id }),
    );
    await Promise.all([
      ws?.arrived(1),
      sse?.arrived(1),
      vi.waitUntil(() => raw.messages.length === 2, { interval: 2 }),
    ]);
    const ended = Promise.allSettled([ws?.ended, sse?.ended]);
    const started = performance.now();
    await closing.close();
    expect(performance.now() - started).toBeLessThan(1000);
    expect(raw.closeCode()).toBe(1001);
    expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
