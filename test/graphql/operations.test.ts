// Facts about GraphQL requests that are wrong: each is refused with a code, in GraphQL's form, without a stack trace.
import { getIntrospectionQuery } from 'graphql';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { file, map, operations, postText, type RawAnswer } from '../http/raw-http.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { query } from '../support/graphql-client.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
let gateway: GatewayProcess;
let last: RawAnswer;
beforeAll(async () => {
  gateway = await startGateway('--model-dir', 'test/fixtures/models', '--model', 'synthetic', '--reserved', '1');
});
afterAll(() => gateway.stop());
afterEach(() => {
  expect(last.body).not.toMatch(/node_modules|\.js:\d|\n\s+at /);
});

const send = async (body: string, headers: Record<string, string | undefined> = JSON_TYPE) => {
  last = await postText(gateway.url, body, headers as Record<string, string>);
  return last;
};
const ask = (text: string, variables = {}) => send(JSON.stringify({ query: text, variables }));

describe('an operation that GraphQL refuses', () => {
  const wrong: Record<string, [text: string, code: string]> = {
    'a syntax error': ['{ pool {', 'GRAPHQL_PARSE_FAILED'],
    'an unknown field': ['{ tiger }', 'GRAPHQL_VALIDATION_FAILED'],
    'an unknown argument': ['{ pool(colour: "red") { queued } }', 'GRAPHQL_VALIDATION_FAILED'],
    'a field of an object without its fields': ['{ pool }', 'GRAPHQL_VALIDATION_FAILED'],
    'no operation': ['fragment a on Query { pool { queued } }', 'GRAPHQL_VALIDATION_FAILED'],
    'two operations and no name': [
      'query a { pool { queued } } query b { pool { queued } }',
      'OPERATION_RESOLUTION_FAILURE',
    ],
    'a fragment within itself': ['{ ...a } fragment a on Query { ...a }', 'GRAPHQL_VALIDATION_FAILED'],
    'an empty text': ['', 'BAD_REQUEST'],
  };
  it.each(Object.entries(wrong))('%s', async (_, [text, code]) => {
    expect(await ask(text)).toMatchObject({ status: 400, code });
  });

  it('keeps the only thread for milliseconds, however many fields it names', async () => {
    const many = Array.from({ length: 1_500 }, (_, i) => `a${i}: models { name labels aliases }`);
    expect(await ask(`{ ${many.join(' ')} }`)).toMatchObject({ status: 400, code: 'GRAPHQL_PARSE_FAILED' });
    expect(await ask(`${'{ a '.repeat(12_000)}${'}'.repeat(12_000)}`)).toMatchObject({ code: 'GRAPHQL_PARSE_FAILED' });
  });
});

describe('an introspection query, as tools send it', () => {
  it('is answered', async () => {
    expect((await ask(getIntrospectionQuery())).code).toBeNull();
  });
});

describe('a picture outside of a multipart request', () => {
  const CLASSIFY = 'mutation ($image: Upload!) { classify(image: $image) { label } }';

  it.each(['cat.jpg', 7, {}, { promise: {} }, ['cat.jpg'], null])('is refused: %o', async (image) => {
    expect(await ask(CLASSIFY, { image })).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
  });

  it('is refused as a literal', async () => {
    const answer = await ask('mutation { classify(image: "cat.jpg") { label } }');
    expect(answer).toMatchObject({ status: 400, code: 'GRAPHQL_VALIDATION_FAILED' });
  });
});

describe('a variable that is wrong in many ways', () => {
  // graphql-js prints all of the value in each of its errors.
  const unknown = Array.from({ length: 50 }, (_, i) => [`field${i}`, 'x'.repeat(1_000)] as const);

  it('is answered with a short message, as the client’s own fault', async () => {
    const text = 'mutation ($o: ClassifyOptions) { classifyBatch(images: [], options: $o) { id } }';
    const answer = await ask(text, { o: Object.fromEntries(unknown) });
    expect(answer).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
    expect(JSON.parse(answer.body).errors).toHaveLength(2);
    expect(answer.body.length).toBeLessThan(3_000);
    expect(gateway.log()).not.toContain('field1');
  });
});

describe('a body that is no operation', () => {
  it.each(['{"query":', 'null', '7', '"{ pool }"', '{}', '[]', '[{"query":"{ pool { queued } }"}]'])(
    '%s',
    async (body) => {
      expect(await send(body)).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
    },
  );

  it('nothing at all', async () => {
    expect(await send('')).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  });

  it('more JSON than any operation needs: over 64 KiB', async () => {
    const padded = (bytes: number) => `{"query":"{ pool { queued } }","padding":"${' '.repeat(bytes)}"}`;
    expect(await send(padded(65_000))).toMatchObject({ status: 200, code: null });
    expect(await send(padded(65_536))).toMatchObject({ status: 413, code: 'BAD_REQUEST' });
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'image/jpeg', undefined])('of type %s', async (type) => {
    const answer = await send('{"query":"{ pool { queued } }"}', { 'content-type': type });
    expect(answer.code).toBe('BAD_REQUEST');
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
  });
});

describe('a request that another site makes a browser send', () => {
  it('is refused if it is simple: text/plain without the header', async () => {
    const headers = { 'content-type': 'text/plain', 'apollo-require-preflight': undefined };
    expect(await send('{"query":"{ pool { queued } }"}', headers)).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  });

  it('is refused if it is an upload without the header', async () => {
    const body = Buffer.concat([operations(), map(), file(Buffer.from('x'))]).toString('latin1');
    expect(await send(body, { 'apollo-require-preflight': undefined })).toMatchObject({
      status: 400,
      code: 'BAD_USER_INPUT',
    });
  });

  it('cannot be a mutation by GET', async () => {
    const text = encodeURIComponent('mutation { provision(model: "synthetic", reserved: 0) { maxWorkers } }');
    const response = await fetch(`${gateway.url}/graphql?query=${text}`, {
      headers: { 'apollo-require-preflight': 'true' },
    });
    expect(response.status).toBe(405);
    expect(await response.text()).toContain('BAD_REQUEST');
  });

  it('cannot be a query by GET without the header', async () => {
    const response = await fetch(`${gateway.url}/graphql?query=%7Bpool%7Bqueued%7D%7D`);
    expect(response.status).toBe(400);
  });
});

describe('after all that', () => {
  it('the server answers, and nothing of it was an internal error', async () => {
    expect((await query(gateway.url, '{ pool { queued } }')).data).toEqual({ pool: { queued: 0 } });
    expect(gateway.log()).not.toContain('internal error');
  });
});
