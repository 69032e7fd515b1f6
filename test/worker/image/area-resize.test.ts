// Facts about making pictures smaller: each pixel is the mean of what it covers, wherever it is put.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areaResize } from '../../../src/worker/image/area-resize.ts';
import { difference } from './pictures.ts';
import { at, plainAverage } from './plain-average.ts';
import { type Case, cases, noise, slopes, whole } from './resize-cases.ts';

const run = ({ picture, resize }: Case) => {
  const fill = (pixels: Buffer) => {
    pixels.set(picture.pixels);
    return true;
  };
  return areaResize(resize, fill) as Uint8Array;
};
const rounded = ({ picture, resize }: Case) => Uint8Array.from(plainAverage(picture, resize), Math.round);

describe('a picture made smaller', () => {
  it('is the mean of what each pixel covers within 1 level, for any stretch, place and turn, up to 16 times', () => {
    fc.assert(
      fc.property(cases(16, slopes), (one) => {
        expect(difference(run(one), rounded(one)).max).toBeLessThanOrEqual(1);
      }),
      { numRuns: 1000, seed: 2024 },
    );
  });

  // Weights are multiples of 1/256, which matters most for this; by their rounding alone half a level is lost.
  it('is the mean of noise within 0.3 levels on average, and 4 at most, up to 32 times', () => {
    const means: number[] = [];
    fc.assert(
      fc.property(cases(32), (one) => {
        const { mean, max } = difference(run(one), rounded(one));
        means.push(mean);
        expect(max).toBeLessThanOrEqual(4);
      }),
      { numRuns: 1000, seed: 2024 },
    );
    expect(means.reduce((sum, mean) => sum + mean, 0) / means.length).toBeLessThan(0.3);
  });

  it('is black where its result does not lie, whatever was there before', () => {
    fc.assert(
      fc.property(cases(16), ({ picture, resize }) => {
        const { columns, rows, placement, canvas } = resize;
        run(whole(noise(40, 40, 1), 40, 40));
        const result = run({ picture: { ...picture, pixels: picture.pixels.fill(255) }, resize });
        const white = new Set<number>();
        for (let y = 0; y < rows.to; y++) for (let x = 0; x < columns.to; x++) white.add(at(placement, x, y));
        expect(white.size).toBe(columns.to * rows.to);
        expect(result.length).toBe(canvas * 3);
        expect([...result].every((value, i) => value === (white.has(Math.floor(i / 3)) ? 255 : 0))).toBe(true);
      }),
      { seed: 2024 },
    );
  });

  it('keeps a colour exactly if it is of one only, however many times smaller', () => {
    fc.assert(
      fc.property(cases(100), fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)), ({ picture, resize }, colour) => {
        picture.pixels.forEach((_, i) => {
          picture.pixels[i] = colour[i % 4] ?? 77;
        });
        const result = run({ picture, resize });
        const { columns, rows, placement } = resize;
        for (let y = 0; y < rows.to; y++) {
          for (let x = 0; x < columns.to; x++) {
            const from = at(placement, x, y) * 3;
            expect([...result.subarray(from, from + 3)]).toEqual(colour);
          }
        }
      }),
      { seed: 2024 },
    );
  });

  it('keeps the mean of the whole picture within half a level', () => {
    for (const [width, height] of [
      [64, 48],
      [333, 217],
      [500, 7],
      [129, 128],
    ] as const) {
      const one = whole(noise(width, height, width), 7, 5);
      const all = plainAverage(one.picture, whole(one.picture, 1, 1).resize);
      const result = { width: 7, height: 5, channels: 3, pixels: run(one) };
      const mean = plainAverage(result, whole(result, 1, 1).resize);
      expect(Math.max(...mean.map((value, c) => Math.abs(value - (all[c] as number))))).toBeLessThan(0.5);
    }
  });

  it('is the picture itself, exactly, at the same size', () => {
    const picture = noise(23, 17, 5);
    expect([...run(whole(picture, 23, 17))]).toEqual([...picture.pixels].filter((_, i) => i % 4 !== 3));
  });
});

describe('the memory that all pictures share', () => {
  it('gives the same results for big, small and big pictures again, which later ones leave alone', () => {
    const [big, small] = [whole(noise(900, 700, 3), 64, 48), whole(noise(5, 3, 4), 2, 3)];
    const results = [small, big, small, big, small].map(run);
    const again = results.map((result) => [...result]);
    run(whole(noise(1200, 800, 9), 224, 224));
    for (const [i, result] of results.entries()) {
      expect(difference(result, rounded(i % 2 ? big : small)).max).toBeLessThanOrEqual(1);
      expect([...result]).toEqual(again[i]);
      expect(again[i]).toEqual(again[i % 2]);
    }
  });

  it('is null if the decoder fails, and the next one is right', () => {
    const one = whole(noise(50, 40, 3), 8, 8);
    const before = [...run(one)];
    expect(areaResize(one.resize, () => false)).toBe(null);
    expect([...run(one)]).toEqual(before);
  });
});
