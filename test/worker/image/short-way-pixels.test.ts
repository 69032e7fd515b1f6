// Facts about the short way's pixels: they are the means of the stored ones, and near to what sharp makes of them.
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { exactly, longWay, taken } from './both-ways.ts';
import { held } from './exif.ts';
import { KINDS } from './jpeg-kinds.ts';
import { photo } from './jpeg-segments.ts';
import { difference, inputOf, smooth } from './pictures.ts';

const FITS = ['fill', 'cover', 'contain'] as const;
const SIZES = [64, 96, 128];
const PHOTOS = [
  'cat-chelsea.png',
  'cat-kitten.jpg',
  'cat-tabby.jpg',
  'cat-window.jpg',
  'dog-black.jpg',
  'other-coffee.png',
  'other-rocket.jpg',
];

/** As a JPEG in sRGB and without a profile, upright. */
async function asTaken(name: string): Promise<Buffer> {
  const bytes = await readFile(photo(name));
  const { format, icc } = await sharp(bytes).metadata();
  return format === 'jpeg' && !icc ? bytes : sharp(bytes).jpeg({ quality: 90 }).toBuffer();
}

describe('against the plain mean of all pixels, the mean difference is at most 1.2 levels, the largest 5', () => {
  const stored = fc.record({
    kind: fc.constantFrom(...Object.values(KINDS)),
    orientation: fc.integer({ min: 1, max: 8 }),
    size: fc.tuple(fc.integer({ min: 60, max: 240 }), fc.integer({ min: 60, max: 240 })),
  });
  const model = fc.record({
    size: fc.tuple(fc.integer({ min: 12, max: 60 }), fc.integer({ min: 12, max: 60 })),
    resize: fc.constantFrom(...FITS),
  });

  it('for smooth pictures of any size, kind and orientation, in a model’s input of any size and fit', async () => {
    await fc.assert(
      fc.asyncProperty(stored, model, async ({ kind, orientation, size }, { size: [width, height], resize }) => {
        const bytes = held(await kind(smooth(...size)), orientation);
        const spec = inputOf(width, height, { resize });
        const { mean, max } = difference(taken(bytes, spec), await exactly(bytes, spec));
        expect(mean).toBeLessThanOrEqual(1.2);
        expect(max).toBeLessThanOrEqual(5);
      }),
      { numRuns: 150, seed: 2024 },
    );
  });

  it.each(PHOTOS)('for a photo, in each fit: %s', async (name) => {
    const bytes = await asTaken(name);
    for (const resize of FITS) {
      const spec = inputOf(64, 64, { resize });
      const { mean, max } = difference(taken(bytes, spec), await exactly(bytes, spec));
      expect(mean).toBeLessThanOrEqual(1.2);
      expect(max).toBeLessThanOrEqual(5);
    }
  });
});

describe('against sharp', () => {
  // Where both keep the same part of the picture: sharp’s own takes whole pixels only, and is up to half a pixel off.
  it.each(Object.entries(KINDS))(
    'smooth pictures differ by 1.5 levels on average, 8 at most: %s',
    async (_, encode) => {
      const bytes = await encode(smooth(480, 360));
      for (const resize of FITS) {
        for (const [width, height] of [
          [64, 64],
          [128, 96],
          [40, 60],
        ] as const) {
          const spec = inputOf(width, height, { resize });
          const { mean, max } = difference(taken(bytes, spec), await longWay(bytes, spec));
          expect(mean).toBeLessThanOrEqual(1.5);
          expect(max).toBeLessThanOrEqual(8);
        }
      }
    },
  );

  it.each(PHOTOS)('photos, squashed, differ by 2.6 levels on average, 70 at an edge: %s', async (name) => {
    const bytes = await asTaken(name);
    for (const size of SIZES) {
      const spec = inputOf(size, size);
      const { mean, max } = difference(taken(bytes, spec), await longWay(bytes, spec));
      expect(mean).toBeLessThanOrEqual(2.6);
      expect(max).toBeLessThanOrEqual(70);
    }
  });
});
