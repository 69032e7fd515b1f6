// Facts about clients that stop sending: they get a typed answer once their time is over, wherever they stopped.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { warmUpPicture } from '../../src/worker/image/warm-up-picture.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { begin, END, file, fileHead, map, operations, post } from './raw-http.ts';

const picture = warmUpPicture();
const half = picture.subarray(0, picture.length / 2);
let gateway: GatewayProcess;
beforeAll(async () => {
  const options = ['--reserved', '1', '--upload-timeout', '300'];
  gateway = await startGateway('--model-dir', 'test/fixtures/models', '--model', 'synthetic', ...options);
});
afterAll(() => gateway.stop());

const stops: Record<string, Uint8Array[]> = {
  'before the first part': [],
  'within the operations': [operations().subarray(0, 80)],
  'before the map': [operations()],
  'within the map': [operations(), map().subarray(0, -8)],
  'before the file': [operations(), map()],
  'before the first byte of the file': [operations(), map(), fileHead()],
  'within the file': [operations(), map(), fileHead(), half],
  'before the boundary behind the file': [operations(), map(), fileHead(), picture],
};

describe.each(Object.entries(stops))('a client that stops %s', (_, pieces) => {
  it('gets DEADLINE_EXCEEDED after the time for uploads, which is quoted', async () => {
    const started = performance.now();
    const request = begin(gateway.url);
    for (const piece of pieces) request.write(piece);
    const answer = await request.answer;
    expect(answer).toMatchObject({ code: 'DEADLINE_EXCEEDED', message: expect.stringContaining('300 ms') });
    expect(performance.now() - started).toBeGreaterThan(290);
    request.disconnect();
  });

  it('keeps nobody else waiting', async () => {
    const slow = Array.from({ length: 20 }, () => begin(gateway.url));
    for (const request of slow) for (const piece of pieces) request.write(piece);
    const answer = await post(gateway.url, [operations(), map(), file(picture)]);
    expect(answer.code).toBeNull();
    for (const request of slow) request.disconnect();
  });
});

describe('a client that stops behind the file', () => {
  it('has its answer: nothing is missing', async () => {
    const request = begin(gateway.url);
    for (const piece of [operations(), map(), file(picture), END.subarray(0, -4)]) request.write(piece);
    expect((await request.answer).code).toBeNull();
    request.disconnect();
  });
});

describe('a client that declares more than it sends', () => {
  it('gets DEADLINE_EXCEEDED', async () => {
    const request = begin(gateway.url, { 'content-length': 50_000 });
    for (const piece of [operations(), map(), fileHead(), half]) request.write(piece);
    expect((await request.answer).code).toBe('DEADLINE_EXCEEDED');
    request.disconnect();
  });
});

describe('after all that', () => {
  it('nothing was an internal error', () => {
    expect(gateway.log()).not.toContain('internal error');
  });
});
