/** The files of a batch: those that are named, whatever they hold, and the pictures in the folders that are named. */
import { access, constants, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pMapIterable } from 'p-map';
import { ConfigError } from '../../settings/setting.ts';

export interface PictureFile {
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
}

/** What cannot be sent, and why. */
export interface Unsendable {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

export type Entry = PictureFile | Unsendable;

export interface Found {
  readonly entries: readonly Entry[];
  /** Number of files in the folders that are no pictures by their names. */
  readonly leftOut: number;
}

export interface FileLimits {
  readonly maxFiles: number;
  /** Most bytes of one file. */
  readonly maxBytes: number;
}

const PICTURE = /\.(jpe?g|png|webp|gif|avif)$/i;
/** Looked at together: a network file system takes its time for each. */
const CONCURRENCY = 16;

/** In the order given, and by name within a folder. Throws ConfigError if there is none, or more than the limit. */
export async function findPictures(paths: readonly string[], { maxFiles, maxBytes }: FileLimits): Promise<Found> {
  const entries: Entry[] = [];
  let leftOut = 0;
  const files = filesOf(paths, () => leftOut++);
  const found = pMapIterable(files, (file) => (typeof file === 'string' ? inspect(file, maxBytes) : file), {
    concurrency: CONCURRENCY,
  });
  for await (const entry of found) {
    if (entries.push(entry) <= maxFiles) continue;
    throw new ConfigError(`There are more than ${maxFiles} files; take some of them, or more with --max-files.`);
  }
  if (entries.length > 0) return { entries, leftOut };
  throw new ConfigError(`No picture is in ${paths.join(', ')} (.jpg .png .webp .gif .avif).`);
}

/** What one batch may have. */
export interface BatchBounds {
  readonly maxFiles: number;
  readonly maxBytes: number;
}

/** As few batches as the bounds allow, of files that follow each other. */
export function splitIntoBatches(entries: readonly Entry[], { maxFiles, maxBytes }: BatchBounds): Entry[][] {
  const batches: Entry[][] = [];
  let [files, bytes] = [maxFiles, 0];
  for (const entry of entries) {
    const size = isPicture(entry) ? entry.size : 0;
    if (files === maxFiles || bytes + size > maxBytes) {
      batches.push([]);
      [files, bytes] = [0, 0];
    }
    batches.at(-1)?.push(entry);
    files++;
    bytes += size;
  }
  return batches;
}

export function isPicture(entry: Entry): entry is PictureFile {
  return 'size' in entry;
}

async function* filesOf(paths: readonly string[], onLeftOut: () => void): AsyncGenerator<string | Unsendable> {
  for (const path of paths) {
    const isFolder = await stat(path).then(
      (stats) => stats.isDirectory(),
      () => false,
    );
    if (isFolder) yield* picturesIn(path, onLeftOut);
    else yield path;
  }
}

/** Hidden ones are left out: they are thumbnails and the like. Links to folders are not followed: they may lead in a circle. */
async function* picturesIn(folder: string, onLeftOut: () => void): AsyncGenerator<string | Unsendable> {
  const children = await readdir(folder, { withFileTypes: true }).catch((error: Error) => error);
  if (children instanceof Error) {
    yield unreadable(folder, children);
    return;
  }
  const visible = children.filter(({ name }) => !name.startsWith('.'));
  for (const child of visible.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, child.name);
    if (child.isDirectory()) yield* picturesIn(path, onLeftOut);
    else if (PICTURE.test(child.name)) yield path;
    else onLeftOut();
  }
}

async function inspect(path: string, maxBytes: number): Promise<Entry> {
  try {
    const stats = await stat(path);
    if (!stats.isFile()) throw new Error('It is not a regular file.');
    await access(path, constants.R_OK);
    const { size, mtimeMs } = stats;
    if (size <= maxBytes) return { path, size, mtimeMs };
    return { path, code: 'IMAGE_TOO_LARGE', message: `The file has ${size} bytes; at most ${maxBytes} are accepted.` };
  } catch (error) {
    return unreadable(path, error as Error);
  }
}

function unreadable(path: string, { message }: Error): Unsendable {
  return { path, code: 'UNREADABLE_FILE', message };
}
