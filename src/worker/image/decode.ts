/**
 * Untrusted bytes to the pixels that a model takes: RGB, 8 bits, exactly width × height.
 *
 * EXIF orientation is applied, colours are sRGB, transparency is flattened on white, and of an animation the first frame
 * counts. The limits hold before any pixel is decoded. Everyday JPEGs go a short way (decode-fast-jpeg.ts), all else a
 * long one (decode-with-sharp.ts), and so does what the short way refuses: which errors there are is decided in one place.
 */
import { GatewayError } from '../../core/contracts/errors.ts';
import type { InputSpec } from '../../models/manifest.ts';
import { loadKernel } from './area-resize.ts';
import { decodeFastJpeg, hasFastJpeg } from './decode-fast-jpeg.ts';
import type { DecodeLimits } from './decode-limits.ts';
import { decodeWithSharp, loadSharp } from './decode-with-sharp.ts';
import { readJpegHeader } from './jpeg-header.ts';

/** The libraries of both ways, into this thread: else the first pictures wait for them. */
export function loadDecoders(): void {
  if (hasFastJpeg()) loadKernel();
  loadSharp();
}

/** Returns width × height × 3 bytes. Throws BAD_IMAGE, UNSUPPORTED_FORMAT or IMAGE_TOO_LARGE. */
export async function decode(bytes: Uint8Array, spec: InputSpec, limits: DecodeLimits): Promise<Uint8Array> {
  if (bytes.length === 0) throw new GatewayError('BAD_IMAGE', 'The file is empty.');
  const header = readJpegHeader(bytes);
  const fast = header && decodeFastJpeg(bytes, header, spec, limits.maxPixels);
  return fast ?? decodeWithSharp(bytes, header?.profile === 'srgb', spec, limits);
}
