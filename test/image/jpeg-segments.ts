/** JPEG files with segments that no encoder writes for us. */
import { fileURLToPath } from 'node:url';

const SOI_BYTES = 2;
const APP2 = 0xe2;

export function photo(name: string): string {
  return fileURLToPath(new URL(`../fixtures/photos/${name}`, import.meta.url));
}

export function segment(marker: number, data: Uint8Array): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([head, data]);
}

/** Puts the segments in front of all others. */
export function withSegments(jpeg: Uint8Array, ...segments: readonly Uint8Array[]): Buffer {
  return Buffer.concat([jpeg.subarray(0, SOI_BYTES), ...segments, jpeg.subarray(SOI_BYTES)]);
}

/** The picture's pixels stay what they are; they get another meaning. */
export function withProfile(jpeg: Uint8Array, profile: Uint8Array): Buffer {
  const head = Buffer.from('ICC_PROFILE\0\x01\x01', 'latin1');
  return withSegments(jpeg, segment(APP2, Buffer.concat([head, profile])));
}
