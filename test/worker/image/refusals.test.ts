// Facts about files that are no pictures, or broken ones: each gets its typed error, and none a crash.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/core/contracts/errors.ts';
import { decode } from '../../../src/worker/image/decode.ts';
import { heicOf } from './heic.ts';
import { BLUE, GREEN, inputOf, LIMITS, plain, quarters, RED, textured, YELLOW } from './pictures.ts';

const SPEC = inputOf(8, 8);
const picture = quarters(64, 64, [RED, GREEN, BLUE, YELLOW]);
const FORMATS = ['jpeg', 'png', 'webp', 'gif', 'avif'] as const;
const text = (content: string) => Buffer.from(content, 'latin1');

describe('an empty file', () => {
  it('is a bad image', async () => {
    await expect(decode(new Uint8Array(0), SPEC, LIMITS)).rejects.toMatchObject({ code: 'BAD_IMAGE' });
  });
});

describe('a file of another format is refused by name', () => {
  const files: Record<string, () => Promise<Buffer> | Buffer> = {
    text: () => text('A cat sat on the mat.'),
    HTML: () => text('<!doctype html><title>cat.jpg</title>'),
    SVG: () => text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'),
    'SVG with an XML declaration': () => text('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'),
    'SVG that reads a file': () =>
      text('<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd" width="9" height="9"/></svg>'),
    PDF: () => text('%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF'),
    TIFF: () => picture.clone().tiff().toBuffer(),
    BMP: () => bitmap(),
    'portable pixmap': () => text(`P6 2 2 255\n${'x'.repeat(12)}`),
    OpenEXR: () => Buffer.concat([Buffer.from([0x76, 0x2f, 0x31, 0x01, 2, 0, 0, 0]), Buffer.alloc(64)]),
    'Radiance HDR': () => text('#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 1\nabcd'),
    'JPEG XL': () => Buffer.concat([Buffer.from([0xff, 0x0a]), Buffer.alloc(64)]),
    'JPEG 2000': () =>
      Buffer.concat([Buffer.from([0, 0, 0, 12, 0x6a, 0x50, 0x20, 0x20, 13, 10, 0x87, 10]), Buffer.alloc(64)]),
    'raw pixels of vips': () => Buffer.concat([Buffer.from([8, 0xf2, 0xa6, 0xb6]), Buffer.alloc(64)]),
    CSV: () => text('1,2,3\n4,5,6\n'),
    zeros: () => Buffer.alloc(5000),
    'one byte': () => Buffer.from([0xff]),
  };
  it.each(Object.entries(files))('%s', async (_, make) => {
    await expect(decode(await make(), SPEC, LIMITS)).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
      message: 'The file is not a JPEG, PNG, WebP, GIF or AVIF picture.',
    });
  });

  it('HEIC, which cameras write and AVIF resembles', async () => {
    const heic = heicOf(64, 64);
    await expect(decode(heic, SPEC, LIMITS)).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' });
  });
});

describe('a truncated picture is a bad image', () => {
  it.each(['jpeg', 'png', 'webp', 'avif'] as const)('%s', async (format) => {
    const whole = await textured(200, 200).toFormat(format).toBuffer();
    await decode(whole, SPEC, LIMITS);
    for (const share of [0.5, 0.9]) {
      const cut = whole.subarray(0, whole.length * share);
      await expect(decode(cut, SPEC, LIMITS), `${share}`).rejects.toMatchObject({ code: 'BAD_IMAGE' });
    }
  });
});

describe('a damaged picture', () => {
  it('that is too large besides is refused as too large', async () => {
    const gif = await plain(64, 48, RED).gif().toBuffer();
    // The block before the frame becomes a frame itself: far outside of the screen, and without data.
    gif[gif.indexOf(Buffer.from([0x21, 0xf9]))] = 0x2c;
    await expect(decode(gif, SPEC, LIMITS)).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE' });
  });

  it.each(FORMATS)(
    'gives pixels or a typed error without a stack trace, whatever byte is wrong: %s',
    async (format) => {
      const whole = await picture.clone().toFormat(format).toBuffer();
      const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
      await fc.assert(
        fc.asyncProperty(damage, fc.nat(whole.length), async (changes, kept) => {
          const bytes = Buffer.from(whole);
          for (const [at, value] of changes) bytes[at] = value;
          const outcome = await decode(bytes.subarray(0, kept + 20), SPEC, LIMITS).catch((error: unknown) => error);
          if (outcome instanceof Uint8Array) expect(outcome.length).toBe(8 * 8 * 3);
          else {
            expect(outcome).toBeInstanceOf(GatewayError);
            expect((outcome as GatewayError).message).not.toMatch(/\n| {4}at |node_modules|undefined/);
          }
        }),
        { numRuns: 150 },
      );
    },
  );
});

/** Two by two pixels of 24 bits. */
function bitmap(): Buffer {
  const file = Buffer.alloc(54 + 16);
  file.write('BM', 'latin1');
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(54, 10);
  file.set([40, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24], 14);
  return file;
}
