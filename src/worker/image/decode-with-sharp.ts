/** The long way from bytes to pixels: sharp, which reads every format, and which finds the words for what it cannot read. */
import { createRequire } from 'node:module';
import { GatewayError } from '../../core/contracts/errors.ts';
import type { InputSpec } from '../../models/manifest.ts';
import type { DecodeLimits } from './decode-limits.ts';

const FORMATS = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif'];

let sharp: typeof import('sharp').default | null = null;

/** The library in this thread, which takes its time when it is asked for first. */
export function loadSharp(): typeof import('sharp').default {
  if (sharp) return sharp;
  // Required, not imported: in a fresh thread `import` of this CommonJS package takes half as long again.
  const loaded: typeof import('sharp').default = createRequire(import.meta.url)('sharp');
  // Each picture is different, so a cache is memory lost; and parallelism comes from the workers.
  loaded.cache(false);
  loaded.concurrency(1);
  sharp = loaded;
  return loaded;
}

/**
 * Everything that libvips can read is forbidden but these formats: an SVG can name files, a PDF is a program. The list is the whole
 * process's, so it is set once, before any worker starts: one that set it again would for a moment forbid the others to read anything.
 */
export function allowPictureFormats(): void {
  loadSharp().block({ operation: ['VipsForeignLoad'] });
  loadSharp().unblock({ operation: FORMATS.map((format) => `VipsForeignLoad${format}Buffer`) });
}

/**
 * Returns width × height × 3 bytes. `isSrgb`: an embedded profile is known to change nothing.
 * Throws BAD_IMAGE, UNSUPPORTED_FORMAT or IMAGE_TOO_LARGE. libvips cannot be interrupted from outside, hence the timeout.
 */
export async function decodeWithSharp(
  bytes: Uint8Array,
  isSrgb: boolean,
  spec: InputSpec,
  limits: DecodeLimits,
): Promise<Uint8Array> {
  try {
    return await loadSharp()(bytes, {
      failOn: 'error',
      limitInputPixels: limits.maxPixels,
      ignoreIcc: isSrgb,
    })
      .timeout({ seconds: limits.timeoutSeconds })
      .autoOrient()
      .resize(spec.width, spec.height, { fit: spec.resize, background: '#000' })
      .flatten({ background: '#fff' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer();
  } catch (error) {
    throw await explain(bytes, limits, error);
  }
}

/** sharp's errors differ in their text only, and under load not even that is sure: all threads of libvips share one text. */
async function explain(bytes: Uint8Array, limits: DecodeLimits, error: unknown): Promise<GatewayError> {
  const text = error instanceof Error ? error.message : String(error);
  if (text.includes('unsupported image format') || isHeic(bytes)) {
    return new GatewayError('UNSUPPORTED_FORMAT', 'The file is not a JPEG, PNG, WebP, GIF or AVIF picture.');
  }
  if (text.includes('exceeds pixel limit')) {
    const message = `The picture has ${await sizeOf(bytes)} pixels; at most ${limits.maxPixels} in all are accepted.`;
    return new GatewayError('IMAGE_TOO_LARGE', message);
  }
  // The text itself is not passed on: it may be another picture's.
  return new GatewayError('BAD_IMAGE', 'The picture cannot be decoded: it is broken, incomplete, or takes too long.');
}

/** AVIF's container with a codec that is not free. libvips says so too, when its text is not another's. */
function isHeic(bytes: Uint8Array): boolean {
  const head = String.fromCharCode(...bytes.subarray(0, 64));
  return head.startsWith('ftyp', 4) && !/avi[fs]/.test(head);
}

/** Of a picture that is refused, and may be broken besides. */
async function sizeOf(bytes: Uint8Array): Promise<string> {
  try {
    const { width, height } = await loadSharp()(bytes, { failOn: 'none', limitInputPixels: false }).metadata();
    return `${width} × ${height}`;
  } catch {
    return 'too many';
  }
}
