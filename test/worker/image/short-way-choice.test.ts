// Facts about which pictures go the short way; and that all others get exactly what sharp makes of them, or its refusal.
import { describe, expect, it } from 'vitest';
import type { InputSpec } from '../../../src/models/manifest.ts';
import { decode } from '../../../src/worker/image/decode.ts';
import { longWay, shortWay } from './both-ways.ts';
import { exifSegment, held, orientationTiff } from './exif.ts';
import { KINDS } from './jpeg-kinds.ts';
import { segment, srgb, withProfile, withSegments } from './jpeg-segments.ts';
import { difference, inputOf, LIMITS, plain, RED, smooth } from './pictures.ts';

/** Up to so many pixels the short way is worth it. */
const [MOST, MOST_PROGRESSIVE, MOST_SCANS] = [1_000_000, 500_000, 32];
const SPEC = inputOf(32, 24);
const START_OF_SCAN = Buffer.from([0xff, 0xda]);

const jpeg = await smooth(120, 90).jpeg().toBuffer();
const progressive = await smooth(120, 90).jpeg({ progressive: true }).toBuffer();
const large = (width: number, height: number, options = {}) => plain(width, height, RED).jpeg(options).toBuffer();

/** A comment that holds as many start-of-scan markers, behind the first scan's data. */
function withMarkers(count: number): Buffer {
  const second = progressive.indexOf(START_OF_SCAN, progressive.indexOf(START_OF_SCAN) + 2);
  const tables = progressive.lastIndexOf(Buffer.from([0xff, 0xc4]), second);
  const comment = segment(0xfe, Buffer.concat(Array.from({ length: count }, () => START_OF_SCAN)));
  return Buffer.concat([progressive.subarray(0, tables), comment, progressive.subarray(tables)]);
}

function scansOf(bytes: Buffer): number {
  return bytes.toString('latin1').split('\xff\xda').length - 1;
}

/** The last scan comes again and again; which no encoder does. */
function withRepeatedScan(times: number): Buffer {
  const [last, end] = [progressive.lastIndexOf(START_OF_SCAN), progressive.length - 2];
  const again = Array.from({ length: times }, () => progressive.subarray(last, end));
  return Buffer.concat([progressive.subarray(0, end), ...again, progressive.subarray(end)]);
}

function edited(bytes: Buffer, at: number, ...values: readonly number[]): Buffer {
  const copy = Buffer.from(bytes);
  copy.set(values, at);
  return copy;
}

type Outcome = Uint8Array | { readonly code: string; readonly message: string };

async function outcomeOf(decoded: Promise<Uint8Array>): Promise<Outcome> {
  return decoded.catch(({ code, message }) => ({ code, message }));
}

describe('the short way is taken by', () => {
  const takes: Record<string, () => Promise<Uint8Array> | Uint8Array> = {
    ...Object.fromEntries(Object.entries(KINDS).map(([kind, encode]) => [kind, () => encode(smooth(120, 90))])),
    'a picture of 1,000,000 pixels': () => large(1000, MOST / 1000),
    'a progressive one of 500,000': () => large(1000, MOST_PROGRESSIVE / 1000, { progressive: true }),
    'one whose profile is sRGB': async () => withProfile(jpeg, await srgb()),
    'one of the model’s size': () => large(SPEC.width, SPEC.height),
    'one that was held on its side': () => held(jpeg, 6),
    'one of 32 scans, as far as their markers tell': () => withMarkers(MOST_SCANS - scansOf(progressive)),
    'one with something behind its end': () => Buffer.concat([jpeg, Buffer.alloc(1000, 0xff)]),
    'one in shared memory': () => Buffer.from(new SharedArrayBuffer(jpeg.length)).fill(jpeg),
    'one in the middle of other bytes': () => Buffer.concat([progressive, jpeg, jpeg]).subarray(progressive.length),
  };
  it.each(Object.entries(takes))('%s', async (_, make) => {
    const bytes = await make();
    const pixels = shortWay(bytes, SPEC) as Uint8Array;
    expect(pixels).toHaveLength(SPEC.width * SPEC.height * 3);
    expect(await decode(bytes, SPEC, LIMITS)).toEqual(pixels);
    expect(difference(pixels, await longWay(bytes, SPEC)).mean).toBeLessThan(2);
  });
});

interface Left {
  readonly make: () => Promise<Uint8Array> | Uint8Array;
  readonly spec?: InputSpec;
  readonly maxPixels?: number;
  /** If it is refused at all. */
  readonly code?: string;
}

describe('the short way is left to sharp, and its pixels or its refusal taken, by', () => {
  const scan = jpeg.indexOf(START_OF_SCAN);
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
  const middle = (scan + jpeg.length) >> 1;
  const upright = exifSegment(orientationTiff(1));
  const leaves: Record<string, Left> = {
    'a picture of more than 1,000,000 pixels': { make: () => large(1000, 1001) },
    'a progressive one of more than 500,000': { make: () => large(1000, 501, { progressive: true }) },
    'one over the limit of pixels': { make: () => jpeg, maxPixels: 120 * 90 - 1, code: 'IMAGE_TOO_LARGE' },
    CMYK: { make: () => plain(120, 90, RED).toColourspace('cmyk').jpeg().toBuffer() },
    'a profile of more colours': { make: () => plain(120, 90, RED).withIccProfile('p3').jpeg().toBuffer() },
    'an orientation that does not exist': { make: () => held(jpeg, 77) },
    'two orientations': { make: () => withSegments(jpeg, upright, exifSegment(orientationTiff(6))) },
    'fill bytes in its header': { make: () => withSegments(jpeg, Buffer.from([0xff])) },
    'a picture narrower than the model’s': { make: () => jpeg, spec: inputOf(121, 24) },
    'one lower than the model’s': { make: () => jpeg, spec: inputOf(32, 91) },
    'one that is narrower once it is turned': { make: () => held(jpeg, 6), spec: inputOf(91, 24) },
    'one that has to grow to cover': { make: () => jpeg, spec: inputOf(32, 91, { resize: 'cover' }) },
    'one that has to grow to be contained': { make: () => jpeg, spec: inputOf(121, 91, { resize: 'contain' }) },
    'more than 32 scans, as far as their markers tell': {
      make: () => withMarkers(MOST_SCANS - scansOf(progressive) + 1),
    },
    'more than 32 true scans': { make: () => withRepeatedScan(MOST_SCANS) },
    'more than 100': { make: () => withRepeatedScan(200) },
    'a frame of 12 bits': { make: () => edited(jpeg, frame + 4, 12), code: 'BAD_IMAGE' },
    'arithmetic coding that is none': { make: () => edited(jpeg, frame + 1, 0xc9) },
    'no pixels': { make: () => edited(jpeg, frame + 5, 0, 0, 0, 0), code: 'BAD_IMAGE' },
    'half a file': { make: () => jpeg.subarray(0, middle), code: 'BAD_IMAGE' },
    'a file without its last bytes': { make: () => jpeg.subarray(0, -20), code: 'BAD_IMAGE' },
    'a restart in the middle of its data': { make: () => edited(jpeg, middle, 0xff, 0xd3) },
    'an end in the middle of its data': { make: () => edited(jpeg, middle, 0xff, 0xd9) },
    'tables that are missing': { make: () => edited(jpeg, jpeg.indexOf(Buffer.from([0xff, 0xc4])) + 1, 0xfe) },
  };
  it.each(Object.entries(leaves))('%s', async (_, { make, spec = SPEC, maxPixels = 2 * MOST, code }) => {
    const [bytes, limits] = [await make(), { ...LIMITS, maxPixels }];
    expect(shortWay(bytes, spec, maxPixels)).toBeNull();
    const outcome = await outcomeOf(decode(bytes, spec, limits));
    expect(outcome).toEqual(await outcomeOf(longWay(bytes, spec, limits)));
    if (code) expect(outcome).toMatchObject({ code });
  });
});
