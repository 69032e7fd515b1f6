// Facts about how much a client may send: a byte more is refused, early and cheaply, and endless bodies end.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { warmUpPicture } from '../../src/worker/image/warm-up-picture.ts';
import { ADMIN_TOKEN, type GatewayProcess, SYNTHETIC, startGateway } from '../support/gateway-process.ts';
import { classify, query } from '../support/graphql-client.ts';
import { begin, END, file, fileHead, map, operations, part, post } from './raw-http.ts';

const LIMIT = 100_000;
const MiB = 2 ** 20;
const picture = warmUpPicture();
/** A good picture of that many bytes: what follows a JPEG's end does no harm. */
const pictureOf = (bytes: number) => Buffer.concat([picture, Buffer.alloc(bytes - picture.length)]);

let gateway: GatewayProcess;
beforeAll(async () => {
  const limit = ['--max-upload-bytes', String(LIMIT), '--upload-timeout', '20000'];
  gateway = await startGateway(...SYNTHETIC, ...limit);
});
afterAll(() => gateway.stop());
afterEach(async () => {
  expect((await post(gateway.url, [operations(), map(), file(picture)])).code).toBeNull();
});

const memory = async () => {
  const { data } = await query<{ poolStats: { memoryBytes: number } }>(
    gateway.url,
    '{ poolStats { memoryBytes } }',
    {},
    ADMIN_TOKEN,
  );
  return data?.poolStats.memoryBytes ?? Number.NaN;
};

describe('a file', () => {
  it('of exactly the limit is accepted', async () => {
    expect((await post(gateway.url, [operations(), map(), file(pictureOf(LIMIT))])).code).toBeNull();
  });

  it('of one byte more is refused, and the limit is quoted', async () => {
    const answer = await post(gateway.url, [operations(), map(), file(pictureOf(LIMIT + 1))]);
    expect(answer).toMatchObject({ code: 'IMAGE_TOO_LARGE', message: expect.stringContaining(String(LIMIT)) });
  });

  it.each([LIMIT, LIMIT + 1])('of %i bytes gets the same answer if its length is not declared', async (bytes) => {
    const request = begin(gateway.url);
    for (const piece of [operations(), map(), fileHead(), pictureOf(bytes), Buffer.from('\r\n'), END])
      request.write(piece);
    expect((await request.end()).code).toBe(bytes > LIMIT ? 'IMAGE_TOO_LARGE' : null);
  });

  it('far over the limit does not break the connection: an honest client sees the refusal', async () => {
    const { errors } = await classify(gateway.url, pictureOf(20 * MiB));
    expect(errors?.[0]?.extensions.code).toBe('IMAGE_TOO_LARGE');
  });

  it('arrives in single bytes as well as at once', async () => {
    const request = begin(gateway.url);
    for (const byte of Buffer.concat([operations(), map(), file(picture), END])) request.write(Buffer.of(byte));
    expect((await request.end()).code).toBeNull();
  });
});

describe('an answer that needs no body comes before the body', () => {
  it('to a length over the limit, once it is known that this is no batch', async () => {
    const request = begin(gateway.url, { 'content-length': 10 * MiB });
    for (const piece of [operations(), map(), fileHead()]) request.write(piece);
    expect(await request.answer).toMatchObject({ status: 413, code: 'IMAGE_TOO_LARGE' });
    request.disconnect();
  });

  it('to an upload without the header that browsers must ask for', async () => {
    const request = begin(gateway.url, { 'apollo-require-preflight': '' });
    expect(await request.answer).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
    request.disconnect();
  });

  it.each([
    ['no such model', operations(undefined, { image: null, options: { model: 'tiger' } }), 'MODEL_NOT_FOUND'],
    ['no such field', operations('mutation ($image: Upload!) { tiger(image: $image) }'), 'GRAPHQL_VALIDATION_FAILED'],
  ])('to an operation that cannot succeed: %s', async (_, first, code) => {
    const request = begin(gateway.url);
    for (const piece of [first, map(), fileHead()]) request.write(piece);
    expect((await request.answer).code).toBe(code);
    request.disconnect();
  });
});

describe('a body without an end is refused after little more than the limit', () => {
  const beginnings: Record<string, Uint8Array[]> = {
    'the file': [operations(), map(), fileHead()],
    'a file that nobody asked for': [operations(), map(), fileHead('other')],
    'a field that nobody asked for': [operations(), map(), part('other', '').subarray(0, -2)],
    'the operations': [part('operations', '').subarray(0, -2)],
    'the map': [operations(), part('map', '').subarray(0, -2)],
    'something in front of the first part': [],
  };
  it.each(Object.entries(beginnings))('%s', async (_, pieces) => {
    const request = begin(gateway.url);
    for (const piece of pieces) request.write(piece);
    const sent = await request.flood(500 * MiB);
    expect((await request.answer).code).toMatch(/^(IMAGE_TOO_LARGE|BAD_USER_INPUT)$/);
    expect(sent).toBeLessThan(50 * MiB);
    request.disconnect();
  });

  it('behind a good file: this one is answered', async () => {
    const request = begin(gateway.url);
    for (const piece of [operations(), map(), file(picture), part('other', '').subarray(0, -2)]) request.write(piece);
    expect(await request.answer).toMatchObject({ status: 200, code: null });
    request.disconnect();
  });

  it('costs no memory', async () => {
    const before = await memory();
    for (let i = 0; i < 10; i++) {
      const request = begin(gateway.url);
      for (const piece of [operations(), map(), fileHead('other')]) request.write(piece);
      await request.flood(500 * MiB);
      request.disconnect();
    }
    expect((await memory()) - before).toBeLessThan(100 * MiB);
  });
});
