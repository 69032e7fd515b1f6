/**
 * `npm run bench:decode`: CPU-ms of decode and resize, the gateway's against sharp's alone, for each class of photos and
 * size of a model's input. Classes are made from one sharp photo of 12 megapixels, with noise as a camera adds it.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp, { type SharpOptions } from 'sharp';
import type { InputSpec } from '../../src/models/manifest.ts';
import { decode } from '../../src/worker/image/decode.ts';
import { decodeWithSharp } from '../../src/worker/image/decode-with-sharp.ts';
import { readJpegHeader } from '../../src/worker/image/jpeg-header.ts';
import { ROOT } from './server-process.ts';

const LIMITS = { maxPixels: 25_000_000, timeoutSeconds: 30 };
const SIZES = [64, 128, 224];
/** Widths of the made photos, 4:3. */
const WIDTHS = [320, 640, 800, 1024, 1280, 1600, 2000, 4000];
const SOURCE = join(ROOT, 'test/fixtures/photos/cat-chelsea.png');
/** CPU time spent on one figure, in ms: enough for some hundred small pictures. */
const BUDGET_MS = 300;

for (const [name, pictures] of await classes()) {
  const row: Record<string, string | number> = {
    photos: name,
    kB: round(middle(pictures.map((p) => p.length)) / 1000),
  };
  for (const size of SIZES) {
    const spec = { width: size, height: size, resize: 'fill' } as InputSpec;
    const ours = await costs(pictures, (picture) => decode(picture, spec, LIMITS));
    const sharps = await costs(pictures, (picture) => {
      return decodeWithSharp(picture, readJpegHeader(picture)?.profile === 'srgb', spec, LIMITS);
    });
    row[`${size}: ms`] = round(middle(ours));
    row['sharp'.padEnd(SIZES.indexOf(size) + 5)] = round(middle(sharps));
    row[`${size}: ratio`] = round(middle(ours) / middle(sharps));
  }
  console.log(JSON.stringify(row));
}

async function classes(): Promise<readonly (readonly [string, readonly Buffer[]])[]> {
  const folder = join(ROOT, '../shared');
  const pets = ['cat', 'dog'].map((kind) => join(folder, 'pets', kind)).filter(existsSync);
  const cat = join(folder, 'reference/test_cat.jpg');
  const made = WIDTHS.flatMap((width) => [false, true].map((progressive) => make(width, progressive)));
  return [
    ...(existsSync(cat) ? [['500 × 415, the reference’s', [readFileSync(cat)]] as const] : []),
    ...(pets.length > 0 ? [['shared/pets', pets.flatMap(readAll)] as const] : []),
    ...(await Promise.all(made)),
  ];
}

function readAll(folder: string): readonly Buffer[] {
  return readdirSync(folder).map((name) => readFileSync(join(folder, name)));
}

async function make(width: number, progressive: boolean): Promise<readonly [string, readonly Buffer[]]> {
  const height = (width * 3) / 4;
  const noise = {
    create: { width, height, channels: 3 as const, noise: { type: 'gaussian' as const, mean: 128, sigma: 12 } },
  };
  const grain = await sharp(noise as SharpOptions)
    .png()
    .toBuffer();
  const photo = await sharp(readFileSync(SOURCE)).resize(width, height, { fit: 'cover' }).toBuffer();
  const jpeg = await sharp(photo)
    .composite([{ input: grain, blend: 'soft-light' }])
    .jpeg({ quality: 88, progressive })
    .toBuffer();
  return [`${width} × ${height}${progressive ? ', progressive' : ''}`, [jpeg]];
}

/** CPU-ms of each picture. */
async function costs(
  pictures: readonly Buffer[],
  run: (picture: Buffer) => Promise<unknown>,
): Promise<readonly number[]> {
  for (let i = 0, started = cpuMs(); cpuMs() - started < BUDGET_MS / 3; i++)
    await run(pictures[i % pictures.length] as Buffer);
  const result = [];
  for (const picture of pictures) {
    const started = cpuMs();
    let runs = 0;
    do {
      await run(picture);
      runs++;
    } while (runs < 5 || cpuMs() - started < BUDGET_MS / pictures.length);
    result.push((cpuMs() - started) / runs);
  }
  return result;
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
