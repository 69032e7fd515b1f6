// Facts about the paths in a multipart map: none leads to what the whole process shares.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { warmUpPicture } from '../../src/worker/image/warm-up-picture.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { query } from '../support/graphql-client.ts';
import { file, map, operations, part, post } from './raw-http.ts';

const picture = warmUpPicture();
let gateway: GatewayProcess;
beforeAll(async () => {
  gateway = await startGateway('--model-dir', 'test/fixtures/models', '--model', 'synthetic', '--reserved', '1');
});
afterAll(() => gateway.stop());

const send = (paths: readonly string[]) =>
  post(gateway.url, [
    operations(undefined, { image: null, list: [null], text: 'cat' }),
    map({ 0: paths }),
    file(picture),
  ]);

describe('a path out of the operation', () => {
  it.each([
    'toString.call',
    'hasOwnProperty.call',
    'valueOf.apply',
    'query.toString.call',
    'query.replace.apply',
    'variables.toString.call',
    'variables.hasOwnProperty.0',
    'variables.valueOf',
    'variables.list.map.call',
    'variables.text.slice.bind',
    'variables.__proto__.polluted',
    'variables.constructor.prototype.polluted',
    '__proto__.polluted',
    'constructor.prototype.polluted',
    'variables.__proto__',
    'query',
    'operationName',
    'variables',
    'extensions',
    'variables..image',
    'variables.image.',
    '.variables.image',
    'variables.list.1',
    'variables.list.00',
    'variables.list.4000000000',
  ])('is refused, and everything works as before: %s', async (path) => {
    expect(await send([path])).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
    expect((await send(['variables.image'])).code).toBeNull();
  });

  it('is refused also behind a good one, through the upload that this one put there', async () => {
    for (const path of ['variables.image.promise.then.call', 'variables.image.resolve', 'variables.image.promise']) {
      expect(await send(['variables.image', path])).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
    }
    expect((await send(['variables.image'])).code).toBeNull();
  });
});

describe('a map that is too deep to be walked', () => {
  it('hides no path', async () => {
    const deep = `{"0":["toString.call"],"1":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    const answer = await post(gateway.url, [operations(), part('map', deep), file(picture)]);
    expect(answer.code).toMatch(/^(BAD_USER_INPUT|TOO_MANY_FILES)$/);
    expect((await send(['variables.image'])).code).toBeNull();
  });
});

describe('after all that', () => {
  it('requests of other kinds work too, and nothing was an internal error', async () => {
    expect((await query(gateway.url, '{ pool { queued } models { name } }')).errors).toBeUndefined();
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
    expect(gateway.log()).not.toContain('internal error');
  });
});
