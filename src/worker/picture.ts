/** An encoded picture on its way to a worker: its bytes, or where in a file they are. */
import { closeSync, openSync, readSync } from 'node:fs';
import { GatewayError } from '../core/contracts/errors.ts';

interface PictureInFile {
  readonly file: string;
  /** In bytes. */
  readonly offset: number;
  readonly length: number;
}

/** Bytes in shared memory cross to the worker without a copy. */
export type Picture = Uint8Array | PictureInFile;

/** When it is worth looking again for what may pass, such as too many open files, in ms. */
const RETRY_AFTER_MS = 1000;

/**
 * Waits for the disk: for worker threads, which have nothing else to do. Throws WORKER_FAILED if the bytes cannot be read; to
 * be tried again unless the file is gone.
 */
export function bytesOf(picture: Picture): Uint8Array {
  if (picture instanceof Uint8Array) return picture;
  try {
    return readBytes(picture);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const retryAfterMs = code === 'ENOENT' ? undefined : RETRY_AFTER_MS;
    throw new GatewayError('WORKER_FAILED', `The picture could not be read: ${code ?? message}.`, retryAfterMs);
  }
}

function readBytes({ file, offset, length }: PictureInFile): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(length);
  const handle = openSync(file, 'r');
  try {
    for (let done = 0; done < length; ) {
      const read = readSync(handle, bytes, done, length - done, offset + done);
      // On a network's file system another machine may be writing it.
      if (read === 0) throw new Error(`only ${done} of its ${length} bytes are in the file`);
      done += read;
    }
    return bytes;
  } finally {
    closeSync(handle);
  }
}
