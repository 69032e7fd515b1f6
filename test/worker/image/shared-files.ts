/** Files that lie beside the checkout, and not on every machine: photos of pets, and pictures that broke other decoders. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../../support/gateway-process.ts';

export interface SharedFile {
  /** Under the folder. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** False, with a line that says what is not tested and why, if the folder is not here. */
export function isShared(folder: string, skipped: string, howToGet: string): boolean {
  const path = join(ROOT, '../shared', folder);
  const here = existsSync(path);
  if (!here) process.stderr.write(`skipped: ${skipped}. ${path} is not here; ${howToGet}\n`);
  return here;
}

/** All files in a folder of ../shared and below, in the order of their names. */
export async function sharedFiles(folder: string): Promise<readonly SharedFile[]> {
  const path = join(ROOT, '../shared', folder);
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() && entry.name !== 'README.md')
    .map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    names.sort().map(async (name) => ({ name: name.slice(path.length + 1), bytes: await readFile(name) })),
  );
}
