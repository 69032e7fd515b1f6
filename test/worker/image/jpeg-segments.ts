/** JPEG files with segments that no encoder writes for us. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const SOI = Buffer.from([0xff, 0xd8]);
const APP2 = 0xe2;

export function photo(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/photos/${name}`, import.meta.url));
}

/** The colour profile that a photo carries. */
export async function profileOf(name: string): Promise<Buffer> {
  return (await sharp(await readFile(photo(name))).metadata()).icc as Buffer;
}

/** The one of 1998 that most pictures carry. */
export const srgb = () => profileOf('cat-chelsea.png');

export function segment(marker: number, data: Uint8Array): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([head, data]);
}

/** Puts the segments in front of all others. */
export function withSegments(jpeg: Uint8Array, ...segments: readonly Uint8Array[]): Buffer {
  return Buffer.concat([SOI, ...segments, jpeg.subarray(SOI.length)]);
}

/** The picture's pixels stay what they are; they get another meaning. */
export function withProfile(jpeg: Uint8Array, profile: Uint8Array): Buffer {
  const head = Buffer.from('ICC_PROFILE\0\x01\x01', 'latin1');
  return withSegments(jpeg, segment(APP2, Buffer.concat([head, profile])));
}

/** A frame header, which says how large the picture is and how it is coded. */
export function frame(marker: number, width: number, height: number, components = 3, bits = 8): Buffer {
  const head = Buffer.from([bits, height >> 8, height & 255, width >> 8, width & 255, components]);
  return segment(marker, Buffer.concat([head, Buffer.alloc(components * 3, 1)]));
}

/** No picture: what a reader of headers sees of one, up to and with the start of its first scan. */
export function headerOf(...segments: readonly Uint8Array[]): Buffer {
  return Buffer.concat([SOI, ...segments, segment(0xda, Buffer.alloc(10))]);
}
