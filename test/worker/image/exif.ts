/** EXIF data as cameras write them, and as nobody should: a small TIFF file in an APP1 segment. */
import { segment, withSegments } from './jpeg-segments.ts';

export const ORIENTATION = 0x0112;
const SHORT = 3;
export const LONG = 4;
const [APP1, HEADER_BYTES] = [0xe1, 8];

/** Intel's byte order, or Motorola's. */
export type ByteOrder = 'II' | 'MM';

export interface Entry {
  readonly tag: number;
  readonly type?: number;
  readonly count?: number;
  readonly value: number;
}

export interface Tiff {
  readonly order?: ByteOrder;
  readonly magic?: number;
  /** Bytes between the header and the first directory. */
  readonly gap?: number;
  /** What the directory says of its number of entries, if not the truth. */
  readonly says?: number;
  /** The second directory, which is about the thumbnail. */
  readonly thumbnail?: readonly Entry[];
}

export function tiffOf(entries: readonly Entry[], options: Tiff = {}): Buffer {
  const { order = 'II', magic = 42, gap = 0, says, thumbnail } = options;
  const first = directory(order, entries, says);
  const second = thumbnail ? directory(order, thumbnail) : Buffer.alloc(0);
  const at = HEADER_BYTES + gap;
  const next = number(order, 4, thumbnail ? at + first.length + 4 : 0);
  const header = Buffer.concat([Buffer.from(order), number(order, 2, magic), number(order, 4, at)]);
  return Buffer.concat([header, Buffer.alloc(gap), first, next, second, Buffer.alloc(4)]);
}

export function orientationTiff(value: number, options?: Tiff): Buffer {
  return tiffOf([{ tag: ORIENTATION, value }], options);
}

export function exifSegment(tiff: Uint8Array, head = 'Exif\0\0'): Buffer {
  return segment(APP1, Buffer.concat([Buffer.from(head, 'latin1'), tiff]));
}

/** The same pixels, and the camera was held like this. */
export function held(jpeg: Uint8Array, orientation: number, order: ByteOrder = 'II'): Buffer {
  return withSegments(jpeg, exifSegment(orientationTiff(orientation, { order })));
}

function directory(order: ByteOrder, entries: readonly Entry[], says = entries.length): Buffer {
  return Buffer.concat([number(order, 2, says), ...entries.map((entry) => entryOf(order, entry))]);
}

function entryOf(order: ByteOrder, { tag, type = SHORT, count = 1, value }: Entry): Buffer {
  const bytes = type === SHORT ? 2 : 4;
  const content = [number(order, bytes, value), Buffer.alloc(4 - bytes)];
  return Buffer.concat([number(order, 2, tag), number(order, 2, type), number(order, 4, count), ...content]);
}

function number(order: ByteOrder, bytes: 2 | 4, value: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  if (order === 'II') buffer.writeUIntLE(value, 0, bytes);
  else buffer.writeUIntBE(value, 0, bytes);
  return buffer;
}
