/** Pictures of noise, and ways to make them smaller. */
import fc from 'fast-check';
import type { Placement, Resize } from '../../../src/worker/image/area-resize.ts';
import type { Picture } from './plain-average.ts';

/** RGBX, the same for the same seed. */
export type Paint = (width: number, height: number, seed: number) => Picture;

/** No value has anything to do with its neighbours. */
export const noise: Paint = (width, height, seed) => {
  const next = randomBytes(seed);
  return { width, height, channels: 4, pixels: Uint8Array.from({ length: width * height * 4 }, next) };
};

/** Up and down between dark and light, each pixel at most 8 levels from the next one across or below. */
export const slopes: Paint = (width, height, seed) => {
  const next = randomBytes(seed);
  const pixels = Uint8Array.from({ length: width * height * 4 }, (_, i) => {
    const [x, y] = [Math.floor(i / 4) % width, Math.floor(i / 4 / width)];
    const along = (6 * (x + y) + 100 * (i % 4) + seed) % 480;
    return Math.min(along, 480 - along) + (next() % 3);
  });
  return { width, height, channels: 4, pixels };
};

function randomBytes(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  };
}

/** The result in the middle of a canvas with a border: as it is, mirrored, upside down, and all these on its side. */
function placements(columns: number, rows: number, border: number): readonly (Placement & { canvas: number })[] {
  return [false, true].flatMap((side) => {
    const [width, height] = side ? [rows, columns] : [columns, rows];
    const pitch = width + 2 * border;
    return [1, -1].flatMap((right) =>
      [pitch, -pitch].map((down) => {
        const origin = (border + (down < 0 ? height - 1 : 0)) * pitch + border + (right < 0 ? width - 1 : 0);
        const [stepX, stepY] = side ? [down, right] : [right, down];
        return { origin, stepX, stepY, canvas: pitch * (height + 2 * border) };
      }),
    );
  });
}

/** One axis: a stretch of fractions somewhere within `whole` pixels. */
const axis = (most: number) =>
  fc
    .record({
      to: fc.integer({ min: 1, max: 7 }),
      times: fraction(1, most),
      size: fraction(0, 1),
      from: fraction(0, 1),
    })
    .map(({ to, times, size, from }) => {
      const whole = Math.ceil(to * times);
      const stretched = to + size * (whole - to);
      return { whole, stretch: { from: from * (whole - stretched), size: stretched, to } };
    });

function fraction(min: number, max: number) {
  return fc.oneof(fc.double({ min, max, noNaN: true }), fc.constantFrom(min, max));
}

export interface Case {
  readonly picture: Picture;
  readonly resize: Resize;
}

/** Each axis is made up to `most` times smaller, the result mirrored, turned, and given a border of black or none. */
export const cases = (most: number, paint = noise): fc.Arbitrary<Case> =>
  fc
    .record({ across: axis(most), down: axis(most), seed: fc.nat(), way: fc.nat(7), border: fc.nat(2) })
    .map(({ across, down, seed, way, border }) => {
      const [width, height] = [across.whole, down.whole];
      const { canvas, ...placement } = placements(across.stretch.to, down.stretch.to, border)[way] as ReturnType<
        typeof placements
      >[number];
      const resize = { width, height, columns: across.stretch, rows: down.stretch, canvas, placement };
      return { picture: paint(width, height, seed), resize };
    });

/** All of the picture, upright. */
export function whole(picture: Picture, columns: number, rows: number): Case {
  const placement = { origin: 0, stepX: 1, stepY: columns };
  const { width, height } = picture;
  const stretches = { columns: { from: 0, size: width, to: columns }, rows: { from: 0, size: height, to: rows } };
  return { picture, resize: { width, height, ...stretches, canvas: columns * rows, placement } };
}
