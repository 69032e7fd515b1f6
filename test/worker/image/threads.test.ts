// Facts about decoding in several threads at once: they share a process’s libraries, and nothing else.
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/worker/image/decode.ts';
import { ROOT } from '../../support/gateway-process.ts';
import { shortWay } from './both-ways.ts';
import { inputOf, LIMITS, plain, RED, smooth, textured } from './pictures.ts';

const sharp: typeof import('sharp').default = createRequire(import.meta.url)('sharp');
const DECODE = `${ROOT}/dist/worker/image/decode.js`;
const SPEC = inputOf(48, 32);
const [THREADS, ROUNDS, TIMES] = [4, 3, 5];

/** Decodes each file `TIMES` times, in an order of its own, and sends what became of it. */
const DECODER = `
  const { parentPort, workerData: { files, from, spec, limits } } = require('node:worker_threads');
  import(${JSON.stringify(DECODE)}).then(async ({ decode }) => {
    for (let i = 0; i < files.length * ${TIMES}; i++) {
      const file = (from + i) % files.length;
      parentPort.postMessage({ file, pixels: await decode(files[file], spec, limits) });
    }
  });
`;

interface Decoded {
  readonly file: number;
  readonly pixels: Uint8Array;
}

async function decodeInThread(files: readonly Uint8Array[], from: number): Promise<readonly Decoded[]> {
  const workerData = { files, from, spec: SPEC, limits: LIMITS };
  const worker = new Worker(DECODER, { eval: true, workerData });
  const all: Decoded[] = [];
  worker.on('message', (decoded) => all.push(decoded));
  const [code] = await once(worker, 'exit');
  expect(code).toBe(0);
  return all;
}

describe('a thread that starts', () => {
  it('leaves the list of formats alone, which others decode by at that moment', async () => {
    // A PNG: everyday JPEGs are decoded by another library.
    const png = await plain(16, 16, RED).png().toBuffer();
    const format = { operation: ['VipsForeignLoadPngBuffer'] };
    await decode(png, SPEC, LIMITS);
    sharp.block(format);
    try {
      const [code] = await once(new Worker(DECODE), 'exit');
      expect(code).toBe(0);
      await expect(decode(png, SPEC, LIMITS)).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' });
    } finally {
      sharp.unblock(format);
    }
  });
});

describe('threads that decode at the same time', () => {
  it('get the pixels that one alone gets, whichever way they are decoded, though threads come and go', async () => {
    const files = await Promise.all([
      smooth(900, 700).jpeg().toBuffer(),
      textured(60, 50).jpeg({ chromaSubsampling: '4:4:4' }).toBuffer(),
      smooth(500, 900).jpeg({ progressive: true }).toBuffer(),
      smooth(64, 48).toColourspace('b-w').jpeg().toBuffer(),
      smooth(90, 70).png().toBuffer(),
      smooth(300, 200).toColourspace('cmyk').jpeg().toBuffer(),
    ]);
    expect(files.map((file) => shortWay(file, SPEC) !== null)).toEqual([true, true, true, true, false, false]);
    const alone = await Promise.all(files.map((file) => decode(file, SPEC, LIMITS)));
    for (let round = 0; round < ROUNDS; round++) {
      const threads = Array.from({ length: THREADS }, (_, from) => decodeInThread(files, from));
      for (const { file, pixels } of (await Promise.all(threads)).flat()) {
        expect(Buffer.compare(pixels, alone[file] as Uint8Array), `round ${round}, file ${file}`).toBe(0);
      }
    }
  });
});

describe('one thread', () => {
  it('gets each picture’s own pixels when it is asked for many at once, and they stay what they are', async () => {
    const files = await Promise.all(
      [40, 400, 41, 401].map((size) =>
        smooth(size + 60, size)
          .jpeg()
          .toBuffer(),
      ),
    );
    const alone: Uint8Array[] = [];
    for (const file of files) alone.push(Uint8Array.from(await decode(file, SPEC, LIMITS)));
    const many = [...files, ...files.toReversed()];
    const decoded = await Promise.all(many.map((file) => decode(file, SPEC, LIMITS)));
    expect(decoded).toEqual([...alone, ...alone.toReversed()]);
  });
});
