// Facts about the pixel limit: it holds before any pixel is decoded, and its message quotes the numbers.
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/worker/image/decode.ts';
import { hugePng, lyingGif, lyingJpeg } from './huge-pictures.ts';
import { decodeTo, inputOf, LIMITS, plain, RED } from './pictures.ts';

const SPEC = inputOf(8, 8);
const MiB = 2 ** 20;
/** Peak of this process so far, in bytes. */
const peakMemory = () => process.resourceUsage().maxRSS * 1024;

describe('a picture over the pixel limit', () => {
  const huge: Record<string, () => Promise<Buffer>> = {
    PNG: () => hugePng(60_000, 60_000),
    'JPEG that lies': () => lyingJpeg(60_000, 60_000),
    'GIF that lies': () => lyingGif(60_000, 60_000),
  };
  it.each(Object.entries(huge))('is refused with its width, height and the limit: %s', async (_, make) => {
    await expect(decode(await make(), SPEC, LIMITS)).rejects.toMatchObject({
      code: 'IMAGE_TOO_LARGE',
      message: 'The picture has 60000 × 60000 pixels; at most 1000000 in all are accepted.',
    });
  });

  it('costs neither the time nor the memory of its 3,600,000,000 pixels', async () => {
    const bomb = await hugePng(60_000, 60_000);
    expect(bomb.length).toBeLessThan(MiB);
    const before = { cpu: process.cpuUsage(), memory: peakMemory() };
    await expect(decode(bomb, SPEC, LIMITS)).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE' });
    const { user, system } = process.cpuUsage(before.cpu);
    expect((user + system) / 1000).toBeLessThan(500);
    expect(peakMemory() - before.memory).toBeLessThan(50 * MiB);
  });

  it.each(['webp', 'avif', 'png', 'jpeg', 'gif'] as const)('is refused in every format: %s', async (format) => {
    const picture = await plain(100, 81, RED).toFormat(format).toBuffer();
    const limits = { ...LIMITS, maxPixels: 8000 };
    const message = 'The picture has 100 × 81 pixels; at most 8000 in all are accepted.';
    await expect(decode(picture, SPEC, limits)).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE', message });
  });
});

describe('a picture of exactly as many pixels as the limit', () => {
  it.each(['webp', 'avif', 'png', 'jpeg', 'gif'] as const)('is decoded: %s', async (format) => {
    const picture = await plain(100, 80, RED).toFormat(format).toBuffer();
    await decodeTo(picture, SPEC, { ...LIMITS, maxPixels: 8000 });
  });
});

describe('a large JPEG', () => {
  it('is decoded at a fraction of its size: for less than half the CPU time of all pixels', async () => {
    const jpeg = await plain(5000, 4000, RED).jpeg().toBuffer();
    const costOf = async (work: () => Promise<unknown>) => {
      const before = process.cpuUsage();
      await work();
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    // The best of three: what else this process does must not count.
    const best = async (work: () => Promise<unknown>) =>
      Math.min(await costOf(work), await costOf(work), await costOf(work));
    const small = await best(() => decodeTo(jpeg, SPEC, { ...LIMITS, maxPixels: 20_000_000 }));
    const full = await best(() => sharp(jpeg).raw().toBuffer());
    expect(small).toBeLessThan(full / 2);
  });
});
