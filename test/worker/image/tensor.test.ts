// Facts about the numbers that a model gets: layout, range and normalisation, against the plainest way to write them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InputSpec } from '../../../src/models/manifest.ts';
import { tensorSize, writeTensor } from '../../../src/worker/image/tensor.ts';
import { inputOf } from './pictures.ts';

/** One value, as the manifest's words say it. */
function naive(
  rgb: Uint8Array,
  { width, range, mean, std }: InputSpec,
  x: number,
  y: number,
  channel: 0 | 1 | 2,
): number {
  const byte = rgb[(y * width + x) * 3 + channel] as number;
  const mapped = range[0] + (byte / 255) * (range[1] - range[0]);
  return (mapped - mean[channel]) / std[channel];
}

function indexOf({ width, height, layout }: InputSpec, x: number, y: number, channel: number): number {
  return layout === 'NHWC' ? (y * width + x) * 3 + channel : channel * width * height + y * width + x;
}

const number = fc.double({ min: -10, max: 10, noNaN: true });
const positive = fc.double({ min: 0.01, max: 10, noNaN: true });
const picture = fc
  .record({
    width: fc.integer({ min: 1, max: 9 }),
    height: fc.integer({ min: 1, max: 9 }),
    layout: fc.constantFrom('NHWC' as const, 'NCHW' as const),
    range: fc.tuple(number, number),
    mean: fc.tuple(number, number, number),
    std: fc.tuple(positive, positive, positive),
    offset: fc.integer({ min: 0, max: 30 }),
  })
  .chain(({ width, height, offset, ...more }) => {
    const size = width * height * 3;
    return fc.record({
      spec: fc.constant(inputOf(width, height, more)),
      offset: fc.constant(offset),
      rgb: fc.uint8Array({ minLength: size, maxLength: size }),
    });
  });

describe('writeTensor', () => {
  it('writes each value where the layout puts it, mapped to the range and normalised', () => {
    fc.assert(
      fc.property(picture, ({ spec, offset, rgb }) => {
        const out = new Float32Array(offset + tensorSize(spec));
        writeTensor(rgb, spec, out, offset);
        for (let y = 0; y < spec.height; y++) {
          for (let x = 0; x < spec.width; x++) {
            for (const channel of [0, 1, 2] as const) {
              const value = out[offset + indexOf(spec, x, y, channel)] as number;
              const expected = naive(rgb, spec, x, y, channel);
              expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(expected)));
            }
          }
        }
      }),
    );
  });

  it('touches nothing outside of its own picture', () => {
    fc.assert(
      fc.property(picture, ({ spec, offset, rgb }) => {
        const out = new Float32Array(offset + tensorSize(spec) + 5).fill(-77);
        writeTensor(rgb, spec, out, offset);
        expect(out.subarray(0, offset).every((value) => value === -77)).toBe(true);
        expect(out.subarray(-5).every((value) => value === -77)).toBe(true);
      }),
    );
  });

  it('gives the bytes themselves for the range 0..255 without normalisation', () => {
    const rgb = Uint8Array.from({ length: 256 * 3 }, (_, i) => i % 256);
    const out = new Float32Array(256 * 3);
    writeTensor(rgb, inputOf(16, 16), out, 0);
    expect([...out]).toEqual([...rgb]);
  });

  it('puts the ends of the range at 0 and 255', () => {
    const out = new Float32Array(6);
    writeTensor(Uint8Array.of(0, 0, 0, 255, 255, 255), inputOf(2, 1, { range: [-1, 1] }), out, 0);
    expect([...out]).toEqual([-1, -1, -1, 1, 1, 1]);
  });
});

describe('tensorSize', () => {
  it('counts three floats for each pixel', () => {
    expect(tensorSize(inputOf(5, 7))).toBe(105);
  });
});
