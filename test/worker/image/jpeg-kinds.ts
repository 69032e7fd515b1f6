/** One picture as JPEGs of every kind that goes the short way. */
import { createRequire } from 'node:module';
import type { Sharp } from 'sharp';

const turbo: typeof import('@julusian/jpeg-turbo') = createRequire(import.meta.url)('@julusian/jpeg-turbo');
const quality = 95;

export const KINDS: Readonly<Record<string, (picture: Sharp) => Promise<Buffer>>> = {
  'baseline 4:4:4': (picture) => picture.clone().jpeg({ quality, chromaSubsampling: '4:4:4' }).toBuffer(),
  'baseline 4:2:2': (picture) => sampled(picture, turbo.SAMP_422),
  'baseline 4:4:0': (picture) => sampled(picture, turbo.SAMP_440),
  'baseline 4:2:0': (picture) => picture.clone().jpeg({ quality, chromaSubsampling: '4:2:0' }).toBuffer(),
  'progressive 4:4:4': (picture) => progressive(picture, '4:4:4'),
  'progressive 4:2:0': (picture) => progressive(picture, '4:2:0'),
  grey: (picture) => picture.clone().toColourspace('b-w').jpeg({ quality }).toBuffer(),
  'grey, progressive': (picture) => progressive(picture.clone().toColourspace('b-w'), '4:2:0'),
};

export function isGrey(kind: string): boolean {
  return kind.startsWith('grey');
}

function progressive(picture: Sharp, chromaSubsampling: string): Promise<Buffer> {
  return picture.clone().jpeg({ quality, chromaSubsampling, progressive: true }).toBuffer();
}

/** What sharp does not write. */
async function sampled(picture: Sharp, subsampling: number): Promise<Buffer> {
  const { data, info } = await picture.clone().raw().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  return turbo.compressSync(data, { format: turbo.FORMAT_RGB, width, height, subsampling, quality });
}
