// Facts about malformed uploads: each is refused with a code and a sentence, and the next request is served.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CLASSIFY } from '../../src/client/multipart.ts';
import { warmUpPicture } from '../../src/worker/image/warm-up-picture.ts';
import { batchHead } from '../graphql/batch-request.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { END, file, map, operations, part, post, postText } from './raw-http.ts';

const picture = warmUpPicture();
let gateway: GatewayProcess;
beforeAll(async () => {
  gateway = await startGateway('--model-dir', 'test/fixtures/models', '--model', 'synthetic', '--reserved', '1');
});
afterAll(() => gateway.stop());
afterEach(async () => {
  const answer = await send(operations(), map(), file(picture));
  expect(answer.code).toBeNull();
});

const send = (...parts: readonly Uint8Array[]) => post(gateway.url, parts);
const TWICE =
  'mutation ($a: Upload!, $b: Upload!) { a: classify(image: $a) { label } b: classify(image: $b) { label } }';
const ALIASES =
  'mutation ($image: Upload!) { a: classify(image: $image) { label } b: classify(image: $image) { label } }';

/** A part that begins with something else than the head of a part. */
const headless = Buffer.from('--a-frontier\r\nContent Disposition: form-data\r\n\r\nmeow\r\n');
const withoutName = Buffer.from('--a-frontier\r\nContent-Disposition: form-data; filename="cat.jpg"\r\n\r\nmeow\r\n');

describe('refused before GraphQL sees it', () => {
  const wrong: Record<string, Uint8Array[]> = {
    'no map': [operations()],
    'no operations': [map(), file(picture)],
    'a map in front of the operations': [map(), operations(), file(picture)],
    'a file in front of everything': [file(picture), operations(), map()],
    'a file in front of the map': [operations(), file(picture), map()],
    'a map that is broken JSON': [operations(), part('map', '{"0":'), file(picture)],
    'a map that is null': [operations(), part('map', 'null'), file(picture)],
    'a map that is a list': [operations(), part('map', '["variables.image"]'), file(picture)],
    'a map whose paths are no list': [operations(), map({ 0: 'variables.image' }), file(picture)],
    'a map whose path is no text': [operations(), map({ 0: [7] }), file(picture)],
    'a map whose path is empty': [operations(), map({ 0: [''] }), file(picture)],
    'a path deeper than any variable': [operations(), map({ 0: ['variables.cats.first.image'] }), file(picture)],
    'operations that are broken JSON': [part('operations', '{'), map(), file(picture)],
    'operations that are a number': [part('operations', '7'), map(), file(picture)],
    'operations larger than any query': [operations(' '.repeat(70_000)), map(), file(picture)],
    'nothing but other fields': [part('cat', 'meow')],
    'no part at all': [],
    'several parts without a head': [operations(), headless, headless, headless],
    'a field without a name': [Buffer.from('--a-frontier\r\nContent-Disposition: form-data\r\n\r\nmeow\r\n')],
  };
  it.each(Object.entries(wrong))('%s', async (_, parts) => {
    const answer = await send(...parts);
    expect([400, 413]).toContain(answer.status);
    expect(answer.code).toBe('BAD_USER_INPUT');
    expect(answer.message).toMatch(/^The multipart request cannot be read: ./);
  });

  it('a list of operations', async () => {
    const list = part('operations', JSON.stringify([{ query: CLASSIFY, variables: { image: null } }]));
    expect((await send(list, map({ 0: ['0.variables.image'] }), file(picture))).status).toBe(400);
  });

  it('two files announced', async () => {
    const parts = [
      operations(),
      map({ 0: ['variables.image'], 1: ['variables.b'] }),
      file(picture),
      file(picture, '1'),
    ];
    expect(await send(...parts)).toMatchObject({ status: 413, code: 'TOO_MANY_FILES' });
  });
});

it('a content type in capitals is the same content type', async () => {
  const capitals = { 'content-type': 'Multipart/Form-Data; boundary=a-frontier' };
  expect(await post(gateway.url, [operations(), map(), file(picture)], capitals)).toMatchObject({
    status: 200,
    code: null,
  });
});

describe('refused for its content type', () => {
  const body = Buffer.concat([operations(), map(), file(picture)]).toString('latin1');
  it.each([
    ['no boundary', 'multipart/form-data'],
    ['an empty boundary', 'multipart/form-data; boundary='],
    ['another boundary', 'multipart/form-data; boundary=elsewhere'],
    ['another kind of multipart', 'multipart/mixed; boundary=a-frontier'],
  ])('%s', async (_, type) => {
    const answer = await postText(gateway.url, body, { 'content-type': type });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.code).toMatch(/^BAD_(USER_INPUT|REQUEST)$/);
  });

  it('an empty body', async () => {
    const answer = await postText(gateway.url, '', {});
    expect(answer).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
  });
});

describe('an upload that does not fit its operation', () => {
  it('is announced and never sent', async () => {
    expect(await send(operations(), map())).toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringMatching(/missing/i),
    });
  });

  it('is sent under another name than announced', async () => {
    expect((await send(operations(), map(), file(picture, 'other'))).code).toBe('BAD_USER_INPUT');
  });

  it.each([
    ['of a batch has no name', [batchHead(2), withoutName, file(picture, '1')]],
    ['of a batch stands among parts without a head', [batchHead(2), file(picture), headless, headless, headless]],
    ['has no name', [operations(), map(), withoutName]],
    ['stands behind the last boundary', [operations(), map(), END, file(picture), file(picture)]],
    ['stands in front of parts without a head', [operations(), map(), file(picture), headless, headless, headless]],
  ])('%s: refused, or answered if it was through', async (_, parts) => {
    expect(['BAD_USER_INPUT', null]).toContain((await send(...parts)).code);
  });

  it('is sent in place of one with a very long name, of which not all is quoted', async () => {
    const list = operations('mutation ($images: [Upload!]!) { classifyBatch(images: $images) { id } }', {
      images: [null],
    });
    const answer = await send(list, map({ ['x'.repeat(50_000)]: ['variables.images.0'] }), file(picture, 'b'));
    expect(answer).toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining('order') });
    expect(answer.body.length).toBeLessThan(1000);
  });

  it('is sent and not announced', async () => {
    expect((await send(operations(), map({}), file(picture))).code).toBe('BAD_USER_INPUT');
  });

  it('goes to a variable that the operation does not have', async () => {
    expect((await send(operations(), map({ 0: ['variables.cat'] }), file(picture))).code).toBe('BAD_USER_INPUT');
  });

  it('goes to a variable of another type', async () => {
    const parts = [
      operations(CLASSIFY, { image: null, options: null }),
      map({ 0: ['variables.options'] }),
      file(picture),
    ];
    expect((await send(...parts)).code).toBe('BAD_USER_INPUT');
  });

  it('is not needed: the operation is answered all the same', async () => {
    const answer = await send(operations('{ pool { queued } }', {}), map({ 0: ['variables.image'] }), file(picture));
    expect(answer).toMatchObject({ status: 200, code: null });
  });

  it.each([
    ['by two aliases', operations(ALIASES), map()],
    ['by two variables', operations(TWICE, { a: null, b: null }), map({ 0: ['variables.a', 'variables.b'] })],
  ])('is used twice: %s', async (_, first, second) => {
    const answer = await send(first, second, file(picture));
    expect(answer).toMatchObject({ code: 'BAD_USER_INPUT', message: 'One file can be used only once in a request.' });
  });

  it('comes with a second file: refused, or answered if the first one was through', async () => {
    const { code } = await send(operations(), map(), file(picture), file(picture, '1'));
    expect([null, 'TOO_MANY_FILES']).toContain(code);
  });
});
