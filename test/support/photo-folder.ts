/** A folder of photos as a visitor might have one. */
import { copyFileSync, linkSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './gateway-process.ts';

const PHOTOS = ['cat-kitten.jpg', 'dog-puppy.jpg', 'cat-window.jpg', 'dog-black.jpg'];
const SMALLEST = 'dog-puppy.jpg';

export interface PhotoFolder {
  readonly path: string;
  /** Names of its photos in natural order. */
  readonly names: readonly string[];
  /** Of all photos together. */
  readonly bytes: number;
  remove(): void;
}

/** `count` photos, and besides a text file, which is no photo. With `areSmall`, all have a few kilobytes. */
export function photoFolder(count: number, { areSmall = false } = {}): PhotoFolder {
  const root = mkdtempSync(join(tmpdir(), 'warmpool-photos-'));
  const path = join(root, 'holiday');
  mkdirSync(path);
  writeFileSync(join(path, 'notes.txt'), 'not a photo');
  const names = Array.from({ length: count }, (_, index) => `IMG_${index}.jpg`);
  const sources = areSmall ? [SMALLEST] : PHOTOS;
  let bytes = 0;
  for (const [at, source] of sources.entries()) {
    const original = join(root, source);
    copyFileSync(`${ROOT}/test/fixtures/photos/${source}`, original);
    const { size } = statSync(original);
    for (let index = at; index < count; index += sources.length) {
      linkSync(original, join(path, `IMG_${index}.jpg`));
      bytes += size;
    }
  }
  return { path, names, bytes, remove: () => rmSync(root, { recursive: true }) };
}
