/** Pictures whose pixels are known, and what the decoder makes of them. Made in memory: files of other formats are made raw. */
import sharp, { type Sharp } from 'sharp';
import type { InputSpec } from '../../../src/models/manifest.ts';
import { decode } from '../../../src/worker/image/decode.ts';
import type { DecodeLimits } from '../../../src/worker/image/decode-limits.ts';
import { allowPictureFormats } from '../../../src/worker/image/decode-with-sharp.ts';

// As the gateway does before its first worker starts.
allowPictureFormats();

export const LIMITS: DecodeLimits = { maxPixels: 1_000_000, timeoutSeconds: 15 };

export type Colour = readonly [red: number, green: number, blue: number];

export function inputOf(width: number, height: number, more: Partial<InputSpec> = {}): InputSpec {
  return {
    width,
    height,
    layout: 'NHWC',
    range: [0, 255],
    mean: [0, 0, 0],
    std: [1, 1, 1],
    resize: 'fill',
    ...more,
  };
}

/** The colour at a point of what was decoded. */
export type ColourAt = (x: number, y: number) => Colour;

/** Decodes to this size and gives the colour of every point; fails if there are not exactly width × height × 3 bytes. */
export async function decodeTo(bytes: Uint8Array, spec: InputSpec, limits = LIMITS): Promise<ColourAt> {
  const rgb = await decode(bytes, spec, limits);
  if (rgb.length !== spec.width * spec.height * 3) throw new Error(`It has ${rgb.length} bytes.`);
  return (x, y) => {
    const at = (y * spec.width + x) * 3;
    return [rgb[at], rgb[at + 1], rgb[at + 2]] as unknown as Colour;
  };
}

/** A picture of one colour; an alpha below 1 makes it transparent. */
export function plain(width: number, height: number, [r, g, b]: Colour, alpha?: number): Sharp {
  const background = { r, g, b, alpha: alpha ?? 1 };
  return sharp({ create: { width, height, channels: alpha === undefined ? 3 : 4, background } });
}

export const RED: Colour = [220, 30, 20];
export const GREEN: Colour = [20, 200, 40];
export const BLUE: Colour = [30, 40, 210];
export const YELLOW: Colour = [230, 220, 30];

export type Corners = readonly [topLeft: Colour, topRight: Colour, bottomLeft: Colour, bottomRight: Colour];

/** Four quarters of one colour each. */
export function quarters(width: number, height: number, corners: Corners): Sharp {
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const corner = (y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1);
      rgb.set(corners[corner] as Colour, (y * width + x) * 3);
    }
  }
  return sharp(rgb, { raw: { width, height, channels: 3 } });
}

/** No two neighbours alike, so that neither an encoder nor a cut can leave anything out. */
export function textured(width: number, height: number): Sharp {
  const rgb = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * i * 31 + i * 7) % 256);
  return sharp(rgb, { raw: { width, height, channels: 3 } });
}

/** The largest difference of a channel. */
export function distance(a: Colour, b: Colour): number {
  return Math.max(...a.map((value, i) => Math.abs(value - (b[i] as number))));
}

/** How far two pictures of one size are apart, in levels: absolute differences, and the mean of those with their signs. */
export interface Difference {
  readonly mean: number;
  readonly max: number;
  readonly bias: number;
}

export function difference(a: Uint8Array, b: Uint8Array): Difference {
  if (a.length !== b.length) throw new Error(`${a.length} bytes are no picture of ${b.length}.`);
  let [sum, signed, max] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const apart = (a[i] as number) - (b[i] as number);
    sum += Math.abs(apart);
    signed += apart;
    max = Math.max(max, Math.abs(apart));
  }
  return { mean: sum / a.length, max, bias: signed / a.length };
}

/** Colours that change slowly: in the size of a thumbnail no two ways of making it smaller should differ much. */
export function smooth(width: number, height: number): Sharp {
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = [x / width, y / height];
      const colour = [40 + 170 * u, 200 - 150 * v, 128 + 90 * Math.sin(4 * u + 3 * v)];
      rgb.set(colour.map(Math.round), (y * width + x) * 3);
    }
  }
  return sharp(rgb, { raw: { width, height, channels: 3 } });
}
