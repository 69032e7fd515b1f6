// Facts about the short way's geometry: each corner of a photo lies where it belongs, however the camera was held, whatever
// the fit, the sizes and the coding.
import { describe, expect, it } from 'vitest';
import type { InputSpec } from '../../../src/models/manifest.ts';
import { boxOf, taken } from './both-ways.ts';
import { held } from './exif.ts';
import { isGrey, KINDS } from './jpeg-kinds.ts';
import { BLUE, type Colour, type Corners, distance, GREEN, inputOf, quarters, RED, YELLOW } from './pictures.ts';

const COLOURS: Corners = [RED, GREEN, BLUE, YELLOW];
const GREYS: Corners = [30, 90, 160, 230].map((level) => [level, level, level]) as unknown as Corners;
/** Where the upright picture's corners are stored: the numbers of its top left, top right, bottom left and bottom right one. */
const STORED: Readonly<Record<number, readonly [number, number, number, number]>> = {
  1: [0, 1, 2, 3],
  2: [1, 0, 3, 2],
  3: [3, 2, 1, 0],
  4: [2, 3, 0, 1],
  5: [0, 2, 1, 3],
  6: [1, 3, 0, 2],
  7: [3, 1, 2, 0],
  8: [2, 0, 3, 1],
};
/** Even and odd, wide and tall. */
const SIZES = [
  [160, 80],
  [161, 83],
  [83, 161],
  [121, 121],
] as const;
const INPUTS = [
  [40, 40],
  [40, 20],
  [33, 47],
] as const;
const FITS = ['fill', 'cover', 'contain'] as const;

describe.each(Object.entries(KINDS))('%s', (kind, encode) => {
  const corners = isGrey(kind) ? GREYS : COLOURS;

  it.each(Object.entries(STORED))(
    'has its corners where they belong, for EXIF orientation %s',
    async (number, stored) => {
      const orientation = Number(number);
      for (const [width, height] of SIZES) {
        const bytes = await encode(quarters(width, height, stored.map((i) => corners[i]) as unknown as Corners));
        const upright = orientation >= 5 ? { width: height, height: width } : { width, height };
        for (const spec of specs()) expectUpright(taken(held(bytes, orientation), spec), spec, upright, corners);
      }
    },
  );
});

describe('a picture that covers', () => {
  it('is taken also where the scale and back again is not quite its own size', async () => {
    const spec = inputOf(64, 64, { resize: 'cover' });
    const sizes = [98, 103, 107, 196, 197, 206, 214, 237, 239, 249, 253];
    expect(sizes.every((size) => size < 64 / (64 / size))).toBe(true);
    for (const size of sizes) {
      for (const [width, height] of [
        [size, 300],
        [300, size],
        [size, size],
      ] as const) {
        taken(await quarters(width, height, COLOURS).jpeg().toBuffer(), spec);
      }
    }
  });
});

function specs(): readonly InputSpec[] {
  return INPUTS.flatMap(([width, height]) => FITS.map((resize) => inputOf(width, height, { resize })));
}

/** The four outermost pixels of the picture, and black around it. */
function expectUpright(
  pixels: Uint8Array,
  spec: InputSpec,
  upright: { readonly width: number; readonly height: number },
  corners: Corners,
): void {
  const { left, top, columns, rows } = boxOf(upright, spec);
  const [right, bottom] = [left + columns - 1, top + rows - 1];
  const found = [
    [left, top],
    [right, top],
    [left, bottom],
    [right, bottom],
  ].map(([x, y]) => colourAt(pixels, spec, x as number, y as number));
  const apart = found.map((colour, i) => distance(colour, corners[i] as Colour));
  expect(Math.max(...apart)).toBeLessThanOrEqual(6);
  expect(colouredOutside(pixels, spec, boxOf(upright, spec))).toBe(0);
}

/** Number of bytes that are not black around the box. */
function colouredOutside(pixels: Uint8Array, { width }: InputSpec, box: ReturnType<typeof boxOf>): number {
  return pixels.filter((value, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    const across = x >= box.left && x < box.left + box.columns;
    return value > 0 && !(across && y >= box.top && y < box.top + box.rows);
  }).length;
}

function colourAt(pixels: Uint8Array, { width }: InputSpec, x: number, y: number): Colour {
  const at = (y * width + x) * 3;
  return [...pixels.subarray(at, at + 3)] as unknown as Colour;
}
