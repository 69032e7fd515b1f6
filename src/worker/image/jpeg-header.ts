/** What a JPEG says of itself before its picture data, read without decoding anything (ITU-T T.81, Annex B). */
import { orientationIn } from './exif-orientation.ts';

export interface JpegHeader {
  /** As stored, before `orientation` is applied, in pixels. */
  readonly width: number;
  readonly height: number;
  /** 1 grey, 3 colour, 4 CMYK. */
  readonly components: number;
  /** How the picture data are coded: baseline and extended are one to a decoder. */
  readonly process: 'sequential' | 'progressive' | 'other';
  /** EXIF's 1 to 8; null if it cannot be told. */
  readonly orientation: number | null;
  /** What an embedded colour profile calls itself; `none` means sRGB too. */
  readonly profile: 'none' | 'srgb' | 'other';
  /** Where the picture data begin: the first start-of-scan marker. */
  readonly dataAt: number;
}

const START_OF_IMAGE = 0xffd8;
const START_OF_SCAN = 0xda;
/** SOF0 to SOF15, with gaps. */
const FRAMES = new Set([0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf]);
/** Tables, restart interval, application data and comments. */
const OTHERS = new Set([0xc4, 0xcc, 0xdb, 0xdd, 0xfe, ...Array.from({ length: 16 }, (_, n) => 0xe0 + n)]);
const SEQUENTIAL = new Set([0xc0, 0xc1]);
const PROGRESSIVE = 0xc2;
const BITS = 8;
const [APP1, APP2] = [0xe1, 0xe2];
/** libvips takes whatever begins so for a profile. */
const PROFILE = 'ICC_PROFILE';
const EXIF = 'Exif\0\0';
/**
 * Many photos carry a colour profile, and in many of these it is sRGB: converting from that costs more than all the rest
 * of a decode, and changes nothing. So call themselves, near their start: HP's and most cameras'; Canon's; the small ones
 * that libvips writes (4 UTF-16 letters, with their length and place) and that Facebook does (`c2`).
 */
const SRGB_NAMES = [
  'sRGB IEC61966-2',
  'sRGB v1.31 (Canon)',
  '\0\0\0\x08\0\0\0\x1c\0s\0R\0G\0B',
  'desc\0\0\0\0\0\0\0\x03c2\0',
];
const NAME_WITHIN = 1024;

/**
 * Null if the bytes are no JPEG, or one whose segments cannot be followed up to its picture without a doubt: a decoder that
 * read them otherwise could find a larger picture than the one that its memory was measured for; and libjpeg-turbo's binding
 * checks that with a product that overflows. So every marker here is one that libjpeg skips by the same length.
 */
export function readJpegHeader(bytes: Uint8Array): JpegHeader | null {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (data.length < 2 || data.readUInt16BE(0) !== START_OF_IMAGE) return null;
  let frame: Pick<JpegHeader, 'width' | 'height' | 'components' | 'process'> | null = null;
  let profile: JpegHeader['profile'] = 'none';
  const exif: Buffer[] = [];
  for (let at = 2; at + 4 <= data.length && data[at] === 0xff; ) {
    const marker = data[at + 1] as number;
    if (marker === START_OF_SCAN) {
      return frame && { ...frame, profile, orientation: orientationOf(exif), dataAt: at };
    }
    const length = data.readUInt16BE(at + 2);
    if (length < 2 || !(FRAMES.has(marker) || OTHERS.has(marker))) return null;
    const segment = data.subarray(at + 4, at + 2 + length);
    if (FRAMES.has(marker)) {
      if (frame) return null;
      frame = readFrame(marker, segment);
      if (!frame) return null;
    }
    if (marker === APP1 && startsWith(segment, EXIF)) exif.push(segment.subarray(EXIF.length));
    if (marker === APP2 && startsWith(segment, PROFILE)) profile = profile === 'none' ? nameOf(segment) : 'other';
    at += 2 + length;
  }
  return null;
}

function readFrame(marker: number, segment: Buffer) {
  if (segment.length < 6) return null;
  const known = segment[0] === BITS && (SEQUENTIAL.has(marker) || marker === PROGRESSIVE);
  const process = !known ? 'other' : marker === PROGRESSIVE ? 'progressive' : 'sequential';
  return {
    height: segment.readUInt16BE(1),
    width: segment.readUInt16BE(3),
    components: segment[5] as number,
    process: process as JpegHeader['process'],
  };
}

function nameOf(profile: Buffer): 'srgb' | 'other' {
  const start = profile.subarray(0, NAME_WITHIN);
  return SRGB_NAMES.some((name) => start.includes(name, 0, 'latin1')) ? 'srgb' : 'other';
}

/** With two blocks of EXIF data it is not sure which one counts. */
function orientationOf(exif: readonly Buffer[]): number | null {
  return exif.length === 0 ? 1 : exif.length === 1 ? orientationIn(exif[0] as Buffer) : null;
}

function startsWith(segment: Buffer, text: string): boolean {
  return segment.toString('latin1', 0, text.length) === text;
}
