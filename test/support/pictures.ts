/** Pictures of one colour, as PNG. */
import sharp from 'sharp';

export function plainPicture(r: number, g: number, b: number): Promise<Buffer> {
  return sharp({ create: { width: 16, height: 16, channels: 3, background: { r, g, b } } })
    .png()
    .toBuffer();
}
