/** Where the results go: a file that is there once it is complete, or a stream. */
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { ConfigError } from '../../settings/setting.ts';
import { LocalFailure } from './local-failure.ts';

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
  if (existing && !existing.isFile()) return new ResultsFile(await open(target, 'w'), target, target);
  // Whoever may write its folder need not be allowed to write the file.
  if (existing) await (await open(target, 'r+')).close();
  const part = `${target}.part`;
  return new ResultsFile(await open(part, 'w'), part, target);
}

class ResultsFile implements Results {
  readonly #handle: FileHandle;
  readonly #part: string;
  readonly #target: string;
  #isOpen = true;

  constructor(handle: FileHandle, part: string, target: string) {
    this.#handle = handle;
    this.#part = part;
    this.#target = target;
  }

  async write(text: string): Promise<void> {
    await this.#explained(() => this.#handle.appendFile(text));
  }

  async complete(): Promise<void> {
    await this.#explained(async () => {
      await this.#close();
      if (this.#part !== this.#target) await rename(this.#part, this.#target);
    });
  }

  async abandon(): Promise<void> {
    if (!this.#isOpen) return;
    await this.#close();
    if (this.#part !== this.#target) await rm(this.#part);
  }

  #close(): Promise<void> {
    this.#isOpen = false;
    return this.#handle.close();
  }

  async #explained(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      throw new LocalFailure(`${this.#target} cannot be written (${reasonOf(error)}).`, { cause: error });
    }
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
