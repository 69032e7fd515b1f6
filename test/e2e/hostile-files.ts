/** Files that no camera made, made here: each lies, lacks something, or asks for far too much. */
import { randomFillSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { heicOf } from '../worker/image/heic.ts';
import { hugePng, lyingGif, lyingJpeg } from '../worker/image/huge-pictures.ts';
import { photo } from '../worker/image/jpeg-segments.ts';
import { plain, RED } from '../worker/image/pictures.ts';
import type { HostileFile } from './hostile-clients.ts';

const jpeg = () => readFile(photo('cat-window.jpg'));
const text = (content: string) => Buffer.from(content, 'latin1');

export const HOSTILE: readonly (HostileFile & { readonly expected: string })[] = [
  { name: 'empty', expected: 'BAD_IMAGE', read: () => Buffer.alloc(0) },
  { name: 'one byte', expected: 'UNSUPPORTED_FORMAT', read: () => Buffer.of(0xff) },
  { name: 'start of a JPEG and no more', expected: 'BAD_IMAGE', read: () => Buffer.of(0xff, 0xd8, 0xff) },
  { name: 'half a JPEG', expected: 'BAD_IMAGE', read: async () => half(await jpeg()) },
  { name: 'half a PNG', expected: 'BAD_IMAGE', read: async () => half(await readFile(photo('cat-chelsea.png'))) },
  { name: 'PNG of 60000 × 60000', expected: 'IMAGE_TOO_LARGE', read: () => hugePng(60_000, 60_000) },
  { name: 'JPEG that says 65500 × 65500', expected: 'IMAGE_TOO_LARGE', read: () => lyingJpeg(65_500, 65_500) },
  { name: 'GIF that says 65535 × 65535', expected: 'IMAGE_TOO_LARGE', read: () => lyingGif(65_535, 65_535) },
  {
    name: 'GIF whose first frame has no data, far outside of its screen',
    expected: 'IMAGE_TOO_LARGE',
    read: brokenGif,
  },
  { name: 'HEIC', expected: 'UNSUPPORTED_FORMAT', read: () => heicOf(64, 64) },
  { name: 'TIFF', expected: 'UNSUPPORTED_FORMAT', read: () => plain(8, 8, RED).tiff().toBuffer() },
  { name: 'SVG', expected: 'UNSUPPORTED_FORMAT', read: () => text('<svg xmlns="http://www.w3.org/2000/svg"/>') },
  { name: 'HTML', expected: 'UNSUPPORTED_FORMAT', read: () => text('<!doctype html><script>1</script>') },
  { name: 'noise', expected: 'UNSUPPORTED_FORMAT', read: () => randomFillSync(Buffer.alloc(65_536)).fill(0, 0, 4) },
  { name: 'JPEG with a megabyte of zeros behind it', expected: 'cat', read: async () => padded(await jpeg()) },
  { name: 'PNG of 1 × 100000', expected: 'other', read: () => hugePng(1, 100_000) },
];

function half(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.length / 2);
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(2 ** 20)]);
}

async function brokenGif(): Promise<Buffer> {
  const gif = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#3a7' } })
    .gif()
    .toBuffer();
  gif[gif.indexOf(Buffer.of(0x21, 0xf9))] = 0x2c;
  // Over the limit by far.
  gif.writeUInt16LE(65_535, gif.indexOf(Buffer.of(0x2c)) + 5);
  return gif;
}
