import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { decode } from '../../src/image/decode.ts';
import { ROOT } from '../support/gateway-process.ts';

const sharp: typeof import('sharp').default = createRequire(import.meta.url)('sharp');
const JPEG = readFileSync(`${ROOT}/test/fixtures/photos/cat-kitten.jpg`);
const INPUT = { width: 8, height: 8, layout: 'NHWC', range: [0, 255], mean: [0, 0, 0], std: [1, 1, 1], resize: 'fill' };
const LIMITS = { maxPixels: 25_000_000, timeoutSeconds: 10 };

it('a thread that starts leaves the list of formats alone, which others decode by at that moment', async () => {
  const jpeg = { operation: ['VipsForeignLoadJpegBuffer'] };
  const decodeJpeg = () => decode(JPEG, INPUT as never, LIMITS);
  await expect(decodeJpeg()).resolves.toHaveLength(8 * 8 * 3);
  sharp.block(jpeg);
  try {
    const [code] = await once(new Worker(`${ROOT}/dist/image/decode.js`), 'exit');
    expect(code).toBe(0);
    await expect(decodeJpeg()).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' });
  } finally {
    sharp.unblock(jpeg);
  }
});
