/** What the short way and the long way make of one file, and what a JPEG is in the model's size if nothing is rounded on the way. */
import sharp from 'sharp';
import type { InputSpec } from '../../../src/models/manifest.ts';
import { decodeFastJpeg } from '../../../src/worker/image/decode-fast-jpeg.ts';
import { decodeWithSharp } from '../../../src/worker/image/decode-with-sharp.ts';
import { readJpegHeader } from '../../../src/worker/image/jpeg-header.ts';
import { LIMITS } from './pictures.ts';
import { plainAverage } from './plain-average.ts';

/** Null if the short way does not take it. */
export function shortWay(bytes: Uint8Array, spec: InputSpec, maxPixels = LIMITS.maxPixels): Uint8Array | null {
  const header = readJpegHeader(bytes);
  return header && decodeFastJpeg(bytes, header, spec, maxPixels);
}

export function longWay(bytes: Uint8Array, spec: InputSpec, limits = LIMITS): Promise<Uint8Array> {
  return decodeWithSharp(bytes, readJpegHeader(bytes)?.profile === 'srgb', spec, limits);
}

/** As `shortWay`, for files that it has to take. */
export function taken(bytes: Uint8Array, spec: InputSpec): Uint8Array {
  const pixels = shortWay(bytes, spec);
  if (!pixels) throw new Error('The short way does not take this file.');
  return pixels;
}

/** All pixels, upright, then the mean of what each one of the model's covers. */
export async function exactly(bytes: Uint8Array, spec: InputSpec): Promise<Uint8Array> {
  const upright = sharp(bytes).autoOrient().toColourspace('srgb').raw();
  const { data, info } = await upright.toBuffer({ resolveWithObject: true });
  const { left, top, columns, rows } = boxOf(info, spec);
  const kept = cropOf(info, spec);
  const placement = { origin: top * spec.width + left, stepX: 1, stepY: spec.width };
  const resize = {
    columns: { from: (info.width - kept.width) / 2, size: kept.width, to: columns },
    rows: { from: (info.height - kept.height) / 2, size: kept.height, to: rows },
    canvas: spec.width * spec.height,
    placement,
  };
  return Uint8Array.from(plainAverage({ ...info, pixels: data }, resize), Math.round);
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Where an upright picture lies in the model's input: all of it, but with `contain`. */
export function boxOf({ width, height }: Size, spec: InputSpec) {
  if (spec.resize !== 'contain') return { left: 0, top: 0, columns: spec.width, rows: spec.height };
  const scale = Math.min(spec.width / width, spec.height / height);
  const [columns, rows] = [Math.round(width * scale), Math.round(height * scale)];
  return { left: Math.floor((spec.width - columns) / 2), top: Math.floor((spec.height - rows) / 2), columns, rows };
}

/** How much of an upright picture is shown: all of it, but with `cover`. */
function cropOf({ width, height }: Size, spec: InputSpec): Size {
  if (spec.resize !== 'cover') return { width, height };
  const wide = width * spec.height > height * spec.width;
  return wide
    ? { width: (height * spec.width) / spec.height, height }
    : { width, height: (width * spec.height) / spec.width };
}
