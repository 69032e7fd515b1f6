/** Where the results go: a file that is there once it is complete, or a stream. */
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { RequestFailure, reasonOf } from '../../client/answer.ts';
import { ConfigError } from '../../settings/setting.ts';

export interface Results {
  /** Resolves when there is room for more. */
  write(text: string): Promise<void>;
  /** All of it is written. */
  complete(): Promise<void>;
  /** There will be no more. Does nothing after `complete`. */
  abandon(): Promise<void>;
}

/** Throws ConfigError if the file cannot be written. */
export async function openResults(path: string | null, stdout: Writable): Promise<Results> {
  if (path === null) return toStream(stdout);
  try {
    return await openFile(path);
  } catch (error) {
    throw new ConfigError(`--out is ${JSON.stringify(path)}: it cannot be written (${reasonOf(error)}).`);
  }
}

function toStream(stream: Writable): Results {
  // Told to whoever writes.
  stream.on('error', () => {});
  return {
    write: (text) =>
      new Promise((resolve, reject) => {
        stream.write(text, (error) => (error ? reject(error) : resolve()));
      }),
    complete: async () => {},
    abandon: async () => {},
  };
}

async function openFile(path: string): Promise<Results> {
  const target = await realpath(path).catch(() => path);
  const existing = await stat(target).catch(() => null);
  // A device or a pipe must not be replaced.
  const isReplaced = existing?.isFile() ?? true;
  // Whoever may write its folder need not be allowed to write the file.
  if (existing && isReplaced) await (await open(target, 'r+')).close();
  const written = isReplaced ? `${target}.part` : target;
  const handle = await open(written, 'w');
  let isOpen = true;
  const close = () => {
    isOpen = false;
    return handle.close();
  };
  const explained = (writing: Promise<void>) =>
    writing.catch((error) => {
      throw new RequestFailure('UNWRITABLE_FILE', `${target} cannot be written (${reasonOf(error)}).`);
    });
  return {
    write: (text) => explained(handle.appendFile(text)),
    complete: () => explained(close().then(() => (isReplaced ? rename(written, target) : undefined))),
    async abandon() {
      if (!isOpen) return;
      await close();
      if (isReplaced) await rm(written);
    },
  };
}
