// The short way measures its memory by readJpegHeader and has a native decoder write there: the two must find one size.
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readJpegHeader } from '../../../src/worker/image/jpeg-header.ts';
import { damaged } from './damage.ts';
import { held } from './exif.ts';
import { textured } from './pictures.ts';

const turbo: typeof import('@julusian/jpeg-turbo') = createRequire(import.meta.url)('@julusian/jpeg-turbo');
const MOST_PIXELS = 1_000_000;
const room = Buffer.alloc(MOST_PIXELS * 4);
const picture = textured(45, 33);
const made = {
  baseline: picture.clone().jpeg(),
  'baseline, 4:4:4': picture.clone().jpeg({ chromaSubsampling: '4:4:4' }),
  progressive: picture.clone().jpeg({ progressive: true }),
  'with a profile': picture.clone().withIccProfile('p3').jpeg(),
  grey: picture.clone().toColourspace('b-w').jpeg(),
};

/** Width and height as the native decoder finds them, with no more memory than for the size that was read; null if it refuses. */
function decodedSize(bytes: Buffer, pixels: number): readonly [width: number, height: number] | null {
  try {
    const { width, height } = turbo.decompressSync(bytes, room.subarray(0, pixels * 4), { format: turbo.FORMAT_RGBX });
    return [width, height];
  } catch (error) {
    // That would be a larger size.
    expect((error as Error).message).not.toMatch(/insufficient/i);
    return null;
  }
}

it.each(Object.entries(made))(
  'whatever byte is wrong, the size that is read is the one that is decoded: %s',
  async (_, encoded) => {
    const whole = held(await encoded.toBuffer(), 6);
    const headerBytes = (readJpegHeader(whole)?.dataAt ?? 0) + 14;
    let [read, decoded] = [0, 0];
    fc.assert(
      fc.property(damaged(whole, headerBytes), (bytes) => {
        const header = readJpegHeader(bytes);
        const pixels = header ? header.width * header.height : 0;
        if (!header || pixels === 0 || pixels > MOST_PIXELS) return;
        read++;
        const size = decodedSize(bytes, pixels);
        if (!size) return;
        decoded++;
        expect(size).toEqual([header.width, header.height]);
      }),
      { numRuns: 4000, seed: 2024 },
    );
    // Of 4000: so it is not all refused.
    expect(read).toBeGreaterThan(1000);
    expect(decoded).toBeGreaterThan(500);
  },
);

it('is not read from bytes that are no JPEG', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => readJpegHeader(bytes) === null));
});
