// Facts about colour: whatever profile a picture carries, the model gets sRGB; transparency lies on white.
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeWithSharp } from '../../../src/worker/image/decode-with-sharp.ts';
import { readJpegHeader } from '../../../src/worker/image/jpeg-header.ts';
import { photo, profileOf, segment, srgb, withProfile, withSegments } from './jpeg-segments.ts';
import {
  BLUE,
  decodeTo,
  difference,
  distance,
  GREEN,
  inputOf,
  LIMITS,
  plain,
  quarters,
  RED,
  YELLOW,
} from './pictures.ts';

const SPEC = inputOf(8, 8);
const colours = Object.entries({ RED, GREEN, BLUE, YELLOW });
const declaresSrgb = (bytes: Uint8Array) => readJpegHeader(bytes)?.profile === 'srgb';
const adobeRgb = () => profileOf('other-rocket.jpg');

describe('a picture in Display P3', () => {
  it.each(colours)('gets its sRGB colour back: %s', async (_, colour) => {
    for (const format of ['jpeg', 'png', 'webp'] as const) {
      const picture = await plain(16, 16, colour).withIccProfile('p3').toFormat(format, { quality: 100 }).toBuffer();
      expect(distance((await decodeTo(picture, SPEC))(4, 4), colour)).toBeLessThanOrEqual(4);
    }
  });

  it('is converted, not taken for sRGB', async () => {
    const picture = await plain(16, 16, RED).withIccProfile('p3').jpeg({ quality: 100 }).toBuffer();
    const [red] = await sharp(picture, { ignoreIcc: true }).raw().toBuffer();
    expect(red).toBeLessThan(RED[0] - 10);
    expect(declaresSrgb(picture)).toBe(false);
  });
});

describe('a picture in Adobe RGB', () => {
  it('has its green widened', async () => {
    const picture = withProfile(
      await plain(16, 16, [100, 200, 100]).jpeg({ quality: 100 }).toBuffer(),
      await adobeRgb(),
    );
    const [red, green] = (await decodeTo(picture, SPEC))(4, 4);
    expect(red).toBeLessThan(60);
    expect(Math.abs(green - 201)).toBeLessThan(6);
  });
});

describe('the sRGB shortcut', () => {
  it('gives the same pixels as the full conversion, within 2 levels', async () => {
    const bytes = await sharp(await readFile(photo('cat-chelsea.png')))
      .jpeg({ quality: 90 })
      .toBuffer();
    const picture = withProfile(bytes, await srgb());
    expect(declaresSrgb(picture)).toBe(true);
    const [taken, converted] = await Promise.all(
      [true, false].map((isSrgb) => decodeWithSharp(picture, isSrgb, inputOf(100, 80), LIMITS)),
    );
    expect(difference(taken as Uint8Array, converted as Uint8Array).max).toBeLessThanOrEqual(2);
  });

  it.each([
    ['the one that libvips writes', () => plain(16, 16, RED).withIccProfile('srgb').jpeg({ quality: 100 }).toBuffer()],
    ['the small one of Facebook', () => readFile(photo('cat-kitten.jpg'))],
  ])('is taken for %s, which changes no pixel', async (_, picture) => {
    const bytes = await picture();
    expect(declaresSrgb(bytes)).toBe(true);
    const pixels = (ignoreIcc: boolean) =>
      sharp(bytes, { ignoreIcc }).resize(64, 64).toColourspace('srgb').raw().toBuffer();
    expect(await pixels(true)).toEqual(await pixels(false));
  });

  it.each(['thumbnail in EXIF', 'comment'])('is not taken because of another profile in a %s', async (where) => {
    const decoy = Buffer.concat([Buffer.from('Exif\0\0ICC_PROFILE\0\x01\x01', 'latin1'), await srgb()]);
    const p3 = await plain(16, 16, RED).withIccProfile('p3').jpeg({ quality: 100 }).toBuffer();
    const picture = withSegments(p3, segment(where === 'comment' ? 0xfe : 0xe1, decoy));
    expect(distance((await decodeTo(picture, SPEC))(4, 4), RED)).toBeLessThanOrEqual(4);
  });

  it('finds the profile behind long EXIF data', async () => {
    const bytes = withProfile(await plain(16, 16, RED).jpeg().toBuffer(), await srgb());
    const picture = withSegments(bytes, ...Array.from({ length: 8 }, () => segment(0xe1, Buffer.alloc(60_000))));
    expect(declaresSrgb(picture)).toBe(true);
  });

  it('is not taken for what is cut or no JPEG', async () => {
    const picture = withProfile(await plain(16, 16, RED).jpeg().toBuffer(), await srgb());
    const [start, cut] = [picture.subarray(0, 2), picture.subarray(0, 30)];
    const png = await plain(16, 16, RED).png().toBuffer();
    for (const bytes of [new Uint8Array(0), Uint8Array.of(0xff), start, cut, png])
      expect(declaresSrgb(bytes)).toBe(false);
  });
});

describe('transparency', () => {
  it.each(['png', 'webp', 'avif'] as const)('lies on white, from %s', async (format) => {
    const clear = await plain(16, 16, BLUE, 0).toFormat(format).toBuffer();
    expect(distance((await decodeTo(clear, SPEC))(4, 4), [255, 255, 255])).toBeLessThanOrEqual(2);
    const half = await plain(16, 16, [0, 0, 0], 0.5).toFormat(format, { quality: 100 }).toBuffer();
    expect(distance((await decodeTo(half, SPEC))(4, 4), [127, 127, 127])).toBeLessThanOrEqual(4);
  });

  it('lies on white in 16 bits and in grey', async () => {
    const deep = await plain(16, 16, BLUE, 0).toColourspace('rgb16').png().toBuffer();
    const grey = await plain(16, 16, BLUE, 0).toColourspace('b-w').png().toBuffer();
    for (const picture of [deep, grey]) {
      expect(distance((await decodeTo(picture, SPEC))(4, 4), [255, 255, 255])).toBeLessThanOrEqual(1);
    }
  });

  it('leaves what is opaque alone', async () => {
    const picture = await quarters(16, 16, [RED, GREEN, BLUE, YELLOW]).ensureAlpha().png().toBuffer();
    expect(distance((await decodeTo(picture, SPEC))(1, 1), RED)).toBeLessThanOrEqual(3);
  });
});
