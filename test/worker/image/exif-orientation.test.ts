// Facts about the orientation in EXIF data: what is written there in any of the ways that the standard allows is read, and
// in doubt it is left to sharp.
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { orientationIn } from '../../../src/worker/image/exif-orientation.ts';
import { readJpegHeader } from '../../../src/worker/image/jpeg-header.ts';
import { exifSegment, LONG, ORIENTATION, orientationTiff, tiffOf } from './exif.ts';
import { withSegments } from './jpeg-segments.ts';
import { plain, RED } from './pictures.ts';

const ORDERS = ['II', 'MM'] as const;
const ALL = [1, 2, 3, 4, 5, 6, 7, 8];
const [MAKER, RESOLUTION] = [0x010f, 0x011a];
const jpeg = await plain(16, 8, RED).jpeg().toBuffer();
const withExif = (...blocks: readonly Buffer[]) => withSegments(jpeg, ...blocks.map((block) => exifSegment(block)));

describe.each(ORDERS)('in byte order %s the orientation is found', (order) => {
  it.each(ALL)('when it is %i', (value) => {
    expect(orientationIn(orientationTiff(value, { order }))).toBe(value);
  });

  it('behind other entries', () => {
    const others = [MAKER, RESOLUTION].map((tag) => ({ tag, type: LONG, value: 3 }));
    expect(orientationIn(tiffOf([...others, { tag: ORIENTATION, value: 6 }], { order }))).toBe(6);
  });

  it('in a directory that stands further behind', () => {
    expect(orientationIn(orientationTiff(6, { order, gap: 1001 }))).toBe(6);
  });

  it('to be upright when there is none, or one of the thumbnail only', () => {
    const thumbnail = [{ tag: ORIENTATION, value: 6 }];
    expect(orientationIn(tiffOf([], { order }))).toBe(1);
    expect(orientationIn(tiffOf([{ tag: MAKER, value: 6 }], { order, thumbnail }))).toBe(1);
  });
});

describe('the orientation is unknown', () => {
  const unknown: Record<string, Buffer> = {
    'nothing is there': Buffer.alloc(0),
    'there is a byte order only': Buffer.from('II'),
    'the byte order is neither of the two': Buffer.concat([Buffer.from('IM'), orientationTiff(6).subarray(2)]),
    'the number is not 42': orientationTiff(6, { magic: 43 }),
    'the number is 42 in the other byte order': orientationTiff(6, { magic: 42 << 8 }),
    'it is 0': orientationTiff(0),
    'it is 9': orientationTiff(9),
    'it is a long number': tiffOf([{ tag: ORIENTATION, type: LONG, value: 6 }]),
    'there are none of it': tiffOf([{ tag: ORIENTATION, count: 0, value: 6 }]),
    'there are three of it, which stand elsewhere': tiffOf([{ tag: ORIENTATION, count: 3, value: 6 }]),
    'the directory says of itself that it is longer': orientationTiff(6, { says: 4 }),
    'the directory stands outside': orientationTiff(6, { gap: 30 }).subarray(0, 38),
  };
  it.each(Object.entries(unknown))('when %s', (_, tiff) => {
    expect(orientationIn(tiff)).toBeNull();
  });

  it('when the data are cut, wherever before the end of their directory', () => {
    const whole = orientationTiff(6);
    const needed = 8 + 2 + 12;
    for (let kept = 0; kept < needed; kept++) expect(orientationIn(whole.subarray(0, kept))).toBeNull();
    expect(orientationIn(whole.subarray(0, needed))).toBe(6);
  });
});

describe('of a JPEG', () => {
  it('the orientation is that of its EXIF data, 1 without, unknown with two blocks of them', () => {
    const of = (bytes: Uint8Array) => readJpegHeader(bytes)?.orientation;
    expect(of(jpeg)).toBe(1);
    expect(of(withExif(orientationTiff(6)))).toBe(6);
    expect(of(withExif(orientationTiff(6), orientationTiff(6)))).toBeNull();
    expect(of(withExif(Buffer.alloc(0)))).toBeNull();
  });

  it('is read from EXIF data before or behind other application data', () => {
    const xmp = Buffer.from('http://ns.adobe.com/xap/1.0/\0<x/>', 'latin1');
    const [exif, other] = [exifSegment(orientationTiff(6)), exifSegment(xmp, '')];
    expect(readJpegHeader(withSegments(jpeg, other, exif))?.orientation).toBe(6);
    expect(readJpegHeader(withSegments(jpeg, exif, other))?.orientation).toBe(6);
  });

  it('is never another one than sharp’s, whatever byte of the EXIF data is wrong', async () => {
    const whole = tiffOf([MAKER, ORIENTATION, RESOLUTION].map((tag) => ({ tag, value: 6 })));
    const byte = fc.oneof(fc.nat(9), fc.nat(255));
    const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), byte), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(damage, async (changes) => {
        const tiff = Buffer.from(whole);
        for (const [at, value] of changes) tiff[at] = value;
        const ours = orientationIn(tiff);
        if (ours === null) return;
        const { orientation = 1 } = await sharp(withExif(tiff)).metadata();
        expect(ours).toBe(orientation >= 1 && orientation <= 8 ? orientation : 1);
      }),
      { numRuns: 1000, seed: 2024 },
    );
  });
});
