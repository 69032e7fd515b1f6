// Facts about EXIF orientation: a camera held in any way gives the same upright picture.
import { describe, expect, it } from 'vitest';
import {
  BLUE as B,
  type Corners,
  decodeTo,
  distance,
  GREEN as G,
  inputOf,
  quarters,
  RED as R,
  YELLOW as Y,
} from './pictures.ts';

/** The upright picture has R G above B Y; what is stored is where the EXIF standard puts its row 0 and column 0. */
const STORED: Record<number, Corners> = {
  1: [R, G, B, Y],
  2: [G, R, Y, B],
  3: [Y, B, G, R],
  4: [B, Y, R, G],
  5: [R, B, G, Y],
  6: [G, Y, R, B],
  7: [Y, G, B, R],
  8: [B, R, Y, G],
};

describe.each(Object.entries(STORED))('a picture of EXIF orientation %s', (orientation, corners) => {
  const turned = Number(orientation) >= 5;
  const stored = quarters(turned ? 80 : 160, turned ? 160 : 80, corners).withMetadata({
    orientation: Number(orientation),
  });

  it.each(['jpeg', 'webp', 'png'] as const)('is upright, from %s', async (format) => {
    const at = await decodeTo(await stored.clone().toFormat(format, { quality: 95 }).toBuffer(), inputOf(40, 20));
    expect(distance(at(8, 4), R)).toBeLessThan(12);
    expect(distance(at(32, 4), G)).toBeLessThan(12);
    expect(distance(at(8, 16), B)).toBeLessThan(12);
    expect(distance(at(32, 16), Y)).toBeLessThan(12);
  });
});

describe('an orientation that does not exist', () => {
  it('is taken as upright', async () => {
    const picture = await quarters(160, 80, [R, G, B, Y])
      .withMetadata({ orientation: 8 })
      .jpeg({ quality: 95 })
      .toBuffer();
    // The tag 0x0112, one short: 8 becomes 77.
    const tag = picture.indexOf(Buffer.from([0x12, 0x01, 0x03, 0x00, 0x01, 0x00, 0x00, 0x00, 0x08]));
    expect(tag).toBeGreaterThan(0);
    picture[tag + 8] = 77;
    const at = await decodeTo(picture, inputOf(40, 20));
    expect(distance(at(8, 4), R)).toBeLessThan(12);
    expect(distance(at(32, 16), Y)).toBeLessThan(12);
  });
});
