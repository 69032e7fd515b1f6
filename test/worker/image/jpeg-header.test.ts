// Facts about what a JPEG says of itself; and that a header with anything odd in it is not read at all.
import { describe, expect, it } from 'vitest';
import { readJpegHeader } from '../../../src/worker/image/jpeg-header.ts';
import { frame, headerOf, segment, srgb, withProfile, withSegments } from './jpeg-segments.ts';
import { plain, RED } from './pictures.ts';

const SOF0 = 0xc0;
const COMMENT = 0xfe;
const real = () => plain(37, 21, RED);

describe('of a picture as encoders write it', () => {
  const made = {
    'baseline, colour': [() => real().jpeg(), { process: 'sequential', components: 3 }],
    'progressive, colour': [() => real().jpeg({ progressive: true }), { process: 'progressive', components: 3 }],
    'baseline, grey': [() => real().toColourspace('b-w').jpeg(), { process: 'sequential', components: 1 }],
    'baseline, CMYK': [() => real().toColourspace('cmyk').jpeg(), { process: 'sequential', components: 4 }],
  } as const;
  it.each(Object.entries(made))('size, coding and components are known: %s', async (_, [encoded, expected]) => {
    const bytes = await encoded().toBuffer();
    const header = readJpegHeader(bytes);
    expect(header).toMatchObject({ width: 37, height: 21, orientation: 1, profile: 'none', ...expected });
    expect(header?.dataAt).toBe(bytes.indexOf(Buffer.from([0xff, 0xda])));
  });

  it('the profile is sRGB or another one, wherever it stands before the pixels', async () => {
    const bare = await real().jpeg().toBuffer();
    const p3 = await real().withIccProfile('p3').jpeg().toBuffer();
    expect(readJpegHeader(withProfile(bare, await srgb()))?.profile).toBe('srgb');
    expect(readJpegHeader(p3)?.profile).toBe('other');
    expect(readJpegHeader(withSegments(p3, segment(COMMENT, await srgb())))?.profile).toBe('other');
    expect(readJpegHeader(withProfile(bare, Buffer.alloc(0)))?.profile).toBe('other');
  });
});

describe('of how a picture is coded', () => {
  it.each([
    ['baseline', SOF0, 'sequential'],
    ['extended', 0xc1, 'sequential'],
    ['progressive', 0xc2, 'progressive'],
    ['lossless', 0xc3, 'other'],
    ['differential', 0xc5, 'other'],
    ['differential, progressive', 0xc6, 'other'],
    ['differential, lossless', 0xc7, 'other'],
    ['arithmetic', 0xc9, 'other'],
    ['arithmetic, progressive', 0xca, 'other'],
    ['arithmetic, lossless', 0xcb, 'other'],
    ['arithmetic, differential', 0xcd, 'other'],
    ['arithmetic, differential, progressive', 0xce, 'other'],
    ['arithmetic, differential, lossless', 0xcf, 'other'],
  ])('%s is known by its marker', (_, marker, process) => {
    expect(readJpegHeader(headerOf(frame(marker, 640, 480)))).toMatchObject({ process, width: 640, height: 480 });
  });

  it('12 bits are another way than 8', () => {
    for (const marker of [SOF0, 0xc1, 0xc2]) {
      expect(readJpegHeader(headerOf(frame(marker, 640, 480, 3, 12)))?.process).toBe('other');
    }
  });

  it('sizes are known up to the largest there is', () => {
    for (const [width, height] of [
      [65_535, 1],
      [1, 65_535],
      [256, 255],
      [0, 0],
    ] as const) {
      expect(readJpegHeader(headerOf(frame(SOF0, width, height)))).toMatchObject({ width, height });
    }
  });
});

describe('a header is not read', () => {
  const whole = frame(SOF0, 640, 480);
  const odd: Record<string, Buffer> = {
    'with fill bytes before a marker': headerOf(Buffer.from([0xff]), whole),
    'with other bytes between segments': headerOf(Buffer.from([0]), whole),
    'with two frames': headerOf(whole, whole),
    'with two frames, the second of another size': headerOf(whole, frame(0xc2, 65_000, 65_000)),
    'without a frame': headerOf(segment(COMMENT, Buffer.alloc(9))),
    'with a frame cut short': headerOf(segment(SOF0, Buffer.from([8, 1, 224, 2, 128]))),
    'with a segment of length 0': headerOf(Buffer.from([0xff, COMMENT, 0, 0]), whole),
    'with a segment of length 1': headerOf(Buffer.from([0xff, COMMENT, 0, 1]), whole),
    'with a second start of image': headerOf(Buffer.from([0xff, 0xd8]), whole),
    'with an end of image': headerOf(whole, Buffer.from([0xff, 0xd9])),
    'of a file that is none': Buffer.from('GIF89a, or whatever begins like that'),
    'of an empty file': Buffer.alloc(0),
  };
  it.each(Object.entries(odd))('%s', (_, bytes) => {
    expect(readJpegHeader(bytes)).toBeNull();
  });

  it('with a marker that has no length (restart, TEM, a stuffed zero), or a meaning that no decoder here knows', () => {
    const restarts = Array.from({ length: 8 }, (_, n) => 0xd0 + n);
    for (const marker of [...restarts, 0x00, 0x01, 0x02, 0xbf, 0xc8, 0xdc, 0xde, 0xdf, 0xf0, 0xfd, 0xff]) {
      expect(readJpegHeader(headerOf(Buffer.from([0xff, marker]), whole)), `alone: ${marker}`).toBeNull();
      expect(readJpegHeader(headerOf(segment(marker, Buffer.alloc(2)), whole)), `with length: ${marker}`).toBeNull();
    }
  });

  it('of a file that is cut, wherever before its pixels', async () => {
    const bytes = await real().withIccProfile('p3').withMetadata({ orientation: 3 }).jpeg().toBuffer();
    const header = readJpegHeader(bytes);
    const needed = (header?.dataAt ?? 0) + 4;
    for (let kept = 0; kept < needed; kept++) expect(readJpegHeader(bytes.subarray(0, kept))).toBeNull();
    for (let kept = needed; kept < bytes.length; kept++)
      expect(readJpegHeader(bytes.subarray(0, kept))).toEqual(header);
  });
});
