// Facts about the end of a gateway some of whose clients never finished their requests.
import { describe, expect, it } from 'vitest';
import { SYNTHETIC, startGateway } from '../support/gateway-process.ts';
import { begin, fileHead, map, operations } from './raw-http.ts';

const toNobody = operations(undefined, { image: null, options: { model: 'tiger' } });

describe('a client that has its answer, and goes away within its upload', () => {
  it('does not keep the gateway from ending', async () => {
    const gateway = await startGateway(...SYNTHETIC);
    const request = begin(gateway.url);
    for (const piece of [toNobody, map(), fileHead()]) request.write(piece);
    expect((await request.answer).code).toBe('MODEL_NOT_FOUND');
    request.disconnect();
    const started = performance.now();
    expect(await gateway.stop()).toBe(0);
    // Neither the time for uploads, 30 s, nor the time for the rest of a request.
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
