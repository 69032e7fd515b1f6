/** By which ids the batches of a command go, so that whoever runs it again goes on with those that the gateway has. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { reasonOf } from '../../client/answer.ts';
import { ConfigError } from '../../settings/setting.ts';
import type { PictureFile } from './pictures.ts';

export interface BatchIds {
  /** Client batch id of the batch with this number, from 0, and these pictures. */
  idOf(number: number, pictures: readonly PictureFile[]): Promise<string>;
  /** All results are written. */
  forget(): Promise<void>;
}

/** What makes batches of the same files different ones. */
export interface BatchTerms {
  readonly url: URL;
  readonly model: string | null;
  readonly topK: number | null;
}

/** By then no gateway has the batch any more. */
const MAX_AGE_MS = 30 * 24 * 3_600_000;
const UUID = /^[0-9a-f-]{36}$/;

/** The user has named the first one. */
export function namedIds(id: string): BatchIds {
  return {
    idOf: async (number) => (number === 0 ? id : `${id}-${number + 1}`),
    forget: async () => {},
  };
}

/**
 * Made up, and remembered until the results are written. A batch is the same as long as the gateway, the options, and path,
 * size and time of each file are. Throws a ConfigError if nothing can be remembered here.
 */
export async function rememberedIds(folder: string, terms: BatchTerms): Promise<BatchIds> {
  const files = new Set<string>();
  const written = (writing: Promise<unknown>) =>
    writing.catch((error) => {
      throw cannotRemember(folder, error);
    });
  // An id is as good as a key to its batch.
  await written(mkdir(folder, { recursive: true, mode: 0o700 }).then(() => removeOld(folder)));
  return {
    async idOf(_number, pictures) {
      const file = join(folder, digestOf(pictures, terms));
      files.add(file);
      const known = await readFile(file, 'utf8').catch(() => '');
      if (UUID.test(known)) return known;
      const id = randomUUID();
      await written(writeFile(file, id, { mode: 0o600 }));
      return id;
    },
    async forget() {
      for (const file of files) await rm(file, { force: true });
    },
  };
}

export function memoryFolder({ XDG_STATE_HOME }: NodeJS.ProcessEnv): string {
  return join(XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'warmpool', 'batches');
}

function digestOf(pictures: readonly PictureFile[], { url, model, topK }: BatchTerms): string {
  const hash = createHash('sha256').update(JSON.stringify([url.href, model, topK]));
  for (const { path, size, mtimeMs } of pictures) hash.update(JSON.stringify([resolve(path), size, mtimeMs]));
  return hash.digest('hex');
}

async function removeOld(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    // Another command may have removed it just now.
    const age = Date.now() - ((await stat(file).catch(() => null))?.mtimeMs ?? Number.NaN);
    if (age > MAX_AGE_MS) await rm(file, { force: true });
  }
}

function cannotRemember(folder: string, error: unknown): ConfigError {
  return new ConfigError(
    `${folder} cannot be written (${reasonOf(error)}), where the id of a batch is remembered: set XDG_STATE_HOME to another ` +
      'folder, or name an id with --id.',
  );
}
