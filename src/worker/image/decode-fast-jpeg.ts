/**
 * The short way for everyday photos: libjpeg-turbo decodes, area averaging makes the picture as small as the model wants
 * it. What is rare, broken or large goes the long way: sharp reads every format, and large pictures at a fraction of their
 * size, which soon makes up for what it costs beside.
 */
import { createRequire } from 'node:module';
import type { InputSpec } from '../../models/manifest.ts';
import { enterNative } from '../native-gate.ts';
import { areaResize, type Placement } from './area-resize.ts';
import type { JpegHeader } from './jpeg-header.ts';

type Turbo = typeof import('@julusian/jpeg-turbo');

/** Undefined until it is asked for; null on the few platforms for which the package has no library. */
let turbo: Turbo | null | undefined;

/** False where all pictures go the long way. */
export function hasFastJpeg(): boolean {
  return loadTurbo() !== null;
}

/** Up to where it is faster than sharp, in pixels; measured, see test/perf/README.md. */
const WORTH_IT = { sequential: 1_000_000, progressive: 500_000, other: 0 };
/** Each scan passes over the whole picture; cameras and tools write about ten. */
const MAX_SCANS = 32;
const SCAN = Buffer.from([0xff, 0xda]);

/** The model's pixels as `decode` returns them; null if the picture is to go the long way, whatever the reason. */
export function decodeFastJpeg(
  bytes: Uint8Array,
  header: JpegHeader,
  spec: InputSpec,
  maxPixels: number,
): Uint8Array | null {
  const { orientation, width, height } = header;
  const turbo = loadTurbo();
  if (!turbo) return null;
  if (orientation === null || width * height > Math.min(maxPixels, WORTH_IT[header.process])) return null;
  if ((header.components !== 1 && header.components !== 3) || header.profile === 'other') return null;
  const fit = fitOf(header, orientation, spec);
  if (fit.width < fit.columns || fit.height < fit.rows) return null; // It has to grow; averaging would show its pixels.
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (tooManyScans(data, header.dataAt)) return null;

  const columns = { from: (width - fit.width) / 2, size: fit.width, to: fit.columns };
  const rows = { from: (height - fit.height) / 2, size: fit.height, to: fit.rows };
  const placement = placementOf(orientation, fit.columns, fit.rows, spec);
  const canvas = spec.width * spec.height;
  return areaResize({ width, height, columns, rows, canvas, placement }, (pixels) => decodeInto(turbo, pixels, data));
}

/** False if the library has anything to complain of, a warning included: what of that counts is sharp's to say. */
function decodeInto(turbo: Turbo, pixels: Buffer, jpeg: Buffer): boolean {
  const leave = enterNative();
  try {
    turbo.decompressSync(jpeg, pixels, { format: turbo.FORMAT_RGBX });
    return true;
  } catch {
    return false;
  } finally {
    leave();
  }
}

function loadTurbo(): Turbo | null {
  if (turbo !== undefined) return turbo;
  try {
    // Required, not imported: in a fresh thread `import` of a CommonJS package takes half as long again.
    turbo = createRequire(import.meta.url)('@julusian/jpeg-turbo') as Turbo;
  } catch {
    turbo = null;
  }
  return turbo;
}

function tooManyScans(data: Buffer, from: number): boolean {
  let scans = 0;
  for (let at = from; at !== -1 && scans <= MAX_SCANS; at = data.indexOf(SCAN, at + 2)) scans++;
  return scans > MAX_SCANS;
}

/** Which part of the stored picture (`width` × `height`, from its middle) becomes how many pixels, before it is turned. */
interface Fit {
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  readonly rows: number;
}

function fitOf({ width, height }: JpegHeader, orientation: number, spec: InputSpec): Fit {
  const [columns, rows] = liesOnItsSide(orientation) ? [spec.height, spec.width] : [spec.width, spec.height];
  const scales = [columns / width, rows / height] as const;
  switch (spec.resize) {
    case 'fill':
      return { width, height, columns, rows };
    case 'cover': {
      const scale = Math.max(...scales);
      // One of the two is the whole side, and rounding must not make it more.
      return { width: Math.min(width, columns / scale), height: Math.min(height, rows / scale), columns, rows };
    }
    case 'contain': {
      const scale = Math.min(...scales);
      const whole = (size: number) => Math.max(1, Math.round(size * scale));
      return { width, height, columns: whole(width), rows: whole(height) };
    }
    default:
      return spec.resize satisfies never;
  }
}

function liesOnItsSide(orientation: number): boolean {
  return orientation >= 5;
}

/**
 * Turned and mirrored as EXIF asks, in the middle of the model's input. 1 is upright; 2 mirrored, 3 upside down, 4 both;
 * 5 to 8 the same four with rows and columns exchanged: 5 as it is, 6 mirrored after it, 8 upside down after it, 7 both.
 */
function placementOf(orientation: number, columns: number, rows: number, spec: InputSpec): Placement {
  const side = liesOnItsSide(orientation);
  const [width, height] = side ? [rows, columns] : [columns, rows];
  const mirrored = [2, 3, 6, 7].includes(orientation);
  const upsideDown = [3, 4, 7, 8].includes(orientation);
  const left = Math.floor((spec.width - width) / 2) + (mirrored ? width - 1 : 0);
  const top = Math.floor((spec.height - height) / 2) + (upsideDown ? height - 1 : 0);
  const right = mirrored ? -1 : 1;
  const down = upsideDown ? -spec.width : spec.width;
  return { origin: top * spec.width + left, stepX: side ? down : right, stepY: side ? right : down };
}
