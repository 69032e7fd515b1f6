// Facts about formats: whatever is accepted comes out as three bytes for each pixel, with plausible colours.
import { readFile } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { photo } from './jpeg-segments.ts';
import { BLUE, type Colour, decodeTo, distance, GREEN, inputOf, plain, quarters, RED, YELLOW } from './pictures.ts';

const SPEC = inputOf(24, 16);
const corners = [RED, GREEN, BLUE, YELLOW] as const;
const picture = quarters(96, 64, corners);

/** Decodes and compares the middle of each quarter. */
async function worstDistance(bytes: Uint8Array): Promise<number> {
  const at = await decodeTo(bytes, SPEC);
  const found = [at(6, 4), at(18, 4), at(6, 12), at(18, 12)];
  return Math.max(...found.map((colour, i) => distance(colour, corners[i] as typeof RED)));
}

function apart(a: Colour, b: Colour): number {
  return Math.hypot(...a.map((value, i) => value - (b[i] as number)));
}

describe('a colour picture keeps its colours', () => {
  const made: Record<string, [encoded: () => Sharp, tolerance: number]> = {
    'JPEG, baseline': [() => picture.clone().jpeg({ quality: 95 }), 8],
    'JPEG, progressive, 4:4:4': [
      () => picture.clone().jpeg({ quality: 95, progressive: true, chromaSubsampling: '4:4:4' }),
      8,
    ],
    PNG: [() => picture.clone().png(), 0],
    'PNG, interlaced': [() => picture.clone().png({ progressive: true }), 0],
    'PNG, palette': [() => picture.clone().png({ palette: true, colours: 8 }), 4],
    'PNG, 16 bits': [() => picture.clone().toColourspace('rgb16').png(), 1],
    'WebP, lossy': [() => picture.clone().webp({ quality: 95 }), 12],
    'WebP, lossless': [() => picture.clone().webp({ lossless: true }), 0],
    GIF: [() => picture.clone().gif(), 4],
    AVIF: [() => picture.clone().avif({ quality: 90 }), 12],
    'AVIF, 4:4:4': [() => picture.clone().avif({ quality: 90, chromaSubsampling: '4:4:4' }), 12],
  };
  it.each(Object.entries(made))('%s', async (_, [encoded, tolerance]) => {
    expect(await worstDistance(await encoded().toBuffer())).toBeLessThanOrEqual(tolerance);
  });
});

describe('a CMYK picture, whose inks cannot do these colours, comes near them', () => {
  const made: Record<string, () => Sharp> = {
    'without a profile': () => picture.clone().toColourspace('cmyk').jpeg({ quality: 95 }),
    'with a profile': () => picture.clone().withIccProfile('cmyk').jpeg({ quality: 95 }),
  };
  it.each(Object.entries(made))('%s', async (_, encoded) => {
    const bytes = await encoded().toBuffer();
    expect((await sharp(bytes).metadata()).space).toBe('cmyk');
    const at = await decodeTo(bytes, SPEC);
    for (const [i, found] of [at(6, 4), at(18, 4), at(6, 12), at(18, 12)].entries()) {
      const nearest = corners.toSorted((a, b) => apart(a, found) - apart(b, found))[0];
      expect(nearest).toEqual(corners[i]);
    }
  });
});

describe('a grey picture has three equal channels, of its own value (one level off from a JPEG)', () => {
  const grey = sharp(Buffer.alloc(64 * 64, 90), { raw: { width: 64, height: 64, channels: 1 } });
  const made: Record<string, () => Sharp> = {
    JPEG: () => grey.clone().toColourspace('b-w').jpeg(),
    PNG: () => grey.clone().toColourspace('b-w').png(),
    'PNG, 16 bits': () => grey.clone().toColourspace('grey16').png(),
    'PNG, 1 bit': () => grey.clone().threshold(10).toColourspace('b-w').png({ palette: true, colours: 2 }),
    WebP: () => grey.clone().webp({ lossless: true }),
  };
  it.each(Object.entries(made))('%s', async (name, encoded) => {
    const [red, green, blue] = (await decodeTo(await encoded().toBuffer(), SPEC))(5, 5);
    expect([red, blue]).toEqual([green, green]);
    expect(Math.abs(green - (name.includes('1 bit') ? 255 : 90))).toBeLessThanOrEqual(name === 'JPEG' ? 1 : 0);
  });
});

describe('of an animation the first frame counts', () => {
  it.each(['gif', 'webp'] as const)('%s', async (format) => {
    const frames = await Promise.all([GREEN, RED, BLUE].map((colour) => plain(32, 32, colour).png().toBuffer()));
    const animation = await sharp(frames, { join: { animated: true } })
      .toFormat(format, { lossless: true })
      .toBuffer();
    expect((await sharp(animation, { pages: -1 }).metadata()).pages).toBe(3);
    expect(distance((await decodeTo(animation, SPEC))(5, 5), GREEN)).toBeLessThanOrEqual(4);
  });
});

describe('sizes at the edge', () => {
  it.each([
    [1, 1],
    [1, 4000],
    [4000, 1],
    [3, 2],
  ])('a picture of %i × %i pixels fills the input', async (width, height) => {
    const bytes = await plain(width, height, BLUE).png().toBuffer();
    for (const resize of ['fill', 'cover', 'contain'] as const) {
      expect(distance((await decodeTo(bytes, inputOf(7, 5, { resize })))(3, 2), BLUE)).toBeLessThanOrEqual(1);
    }
  });

  it('is not disturbed by what follows the end of a file', async () => {
    const bytes = Buffer.concat([await picture.clone().jpeg({ quality: 95 }).toBuffer(), Buffer.alloc(100_000, 7)]);
    expect(await worstDistance(bytes)).toBeLessThanOrEqual(8);
  });

  it('reads shared memory as it reads any other', async () => {
    const bytes = await readFile(photo('dog-black.jpg'));
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    expect((await decodeTo(shared, SPEC))(9, 9)).toEqual((await decodeTo(bytes, SPEC))(9, 9));
  });
});
