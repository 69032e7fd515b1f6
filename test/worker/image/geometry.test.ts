// Facts about the three ways to fit a picture into a model's input.
import { describe, expect, it } from 'vitest';
import { BLUE, type ColourAt, decodeTo, distance, GREEN, inputOf, quarters, RED, YELLOW } from './pictures.ts';

/** 80 × 40, into 40 × 40. */
const wide = quarters(80, 40, [RED, GREEN, BLUE, YELLOW]).png();
/** 40 × 80, into 40 × 40. */
const tall = quarters(40, 80, [RED, GREEN, BLUE, YELLOW]).png();
const into = (resize: 'fill' | 'cover' | 'contain') => inputOf(40, 40, { resize });

function expectQuarters(at: ColourAt, left: number, top: number, right: number, bottom: number): void {
  expect(distance(at(left, top), RED)).toBeLessThanOrEqual(3);
  expect(distance(at(right, top), GREEN)).toBeLessThanOrEqual(3);
  expect(distance(at(left, bottom), BLUE)).toBeLessThanOrEqual(3);
  expect(distance(at(right, bottom), YELLOW)).toBeLessThanOrEqual(3);
}

describe('fill', () => {
  it('squashes: all corners stay in the corners', async () => {
    for (const picture of [wide, tall])
      expectQuarters(await decodeTo(await picture.toBuffer(), into('fill')), 0, 0, 39, 39);
  });
});

describe('cover', () => {
  it('crops the longer side around the middle and keeps the shape', async () => {
    const at = await decodeTo(await wide.toBuffer(), into('cover'));
    expectQuarters(at, 0, 0, 39, 39);
    // Squashed, the borders between the quarters would be at the same place; so a narrow mark decides.
    const marked = quarters(80, 40, [RED, RED, RED, RED]).composite([{ input: await mark(), left: 0, top: 0 }]);
    const cropped = await decodeTo(await marked.png().toBuffer(), into('cover'));
    const squashed = await decodeTo(await marked.png().toBuffer(), into('fill'));
    expect(distance(cropped(0, 20), RED)).toBeLessThanOrEqual(3);
    expect(distance(squashed(0, 20), BLUE)).toBeLessThanOrEqual(3);
  });

  it('crops the height of a tall picture', async () => {
    expectQuarters(await decodeTo(await tall.toBuffer(), into('cover')), 0, 0, 39, 39);
  });
});

describe('contain', () => {
  it('keeps all of a wide picture and pads with black above and below', async () => {
    const at = await decodeTo(await wide.toBuffer(), into('contain'));
    expectQuarters(at, 1, 11, 38, 28);
    for (const y of [0, 8, 31, 39]) expect(at(20, y)).toEqual([0, 0, 0]);
  });

  it('keeps all of a tall picture and pads with black left and right', async () => {
    const at = await decodeTo(await tall.toBuffer(), into('contain'));
    expectQuarters(at, 11, 1, 28, 38);
    for (const x of [0, 8, 31, 39]) expect(at(x, 20)).toEqual([0, 0, 0]);
  });

  it('pads with black, not with the white that lies under transparency', async () => {
    const clear = await wide.clone().ensureAlpha(0).png().toBuffer();
    const at = await decodeTo(clear, into('contain'));
    expect(at(20, 2)).toEqual([0, 0, 0]);
    expect(at(10, 15)).toEqual([255, 255, 255]);
  });

  it('enlarges a small picture to the edges of its longer side', async () => {
    const small = await quarters(4, 2, [RED, RED, RED, RED]).png().toBuffer();
    const at = await decodeTo(small, into('contain'));
    expect(distance(at(0, 20), RED)).toBeLessThanOrEqual(3);
    expect(at(20, 3)).toEqual([0, 0, 0]);
  });
});

/** The left tenth of the wide picture, in blue. */
function mark(): Promise<Buffer> {
  return quarters(8, 40, [BLUE, BLUE, BLUE, BLUE]).png().toBuffer();
}
