/** The files of a batch, one after the other as they arrive. */
import { addAbortSignal, type Readable } from 'node:stream';
import type { FileUpload } from 'graphql-upload-minimal';
import { GatewayError } from '../core/errors.ts';
import { unlessAborted } from './abort.ts';
import { fileTooLarge, fromMultipartError } from './errors.ts';

export interface BatchFile {
  readonly name: string;
  /** To be read before the next file is asked for. */
  readonly bytes: AsyncIterable<Buffer>;
}

export interface BatchFilesOptions {
  /** Of one file. */
  readonly maxBytes: number;
  /** Aborted, with the error to report, if the upload is too much or too slow. */
  readonly arrival: AbortSignal;
}

const MAX_NAME_LENGTH = 255;

export async function* batchFiles(
  uploads: readonly Promise<FileUpload>[],
  options: BatchFilesOptions,
): AsyncGenerator<BatchFile> {
  const { arrival, maxBytes } = options;
  for (const upload of uploads) {
    const file = await unlessAborted(upload, arrival).catch((error) => {
      throw fromMultipartError(error, maxBytes);
    });
    yield { name: nameOf(file), bytes: bytesOf(file, options) };
  }
}

function nameOf({ filename }: FileUpload): string {
  // A part without a file name is a file all the same if it has its media type.
  const name: string | undefined = filename;
  if ((name?.length ?? 0) > MAX_NAME_LENGTH) {
    throw new GatewayError(
      'BAD_USER_INPUT',
      `A file name has ${name.length} characters; at most ${MAX_NAME_LENGTH} are accepted.`,
    );
  }
  return name ?? '';
}

async function* bytesOf(file: FileUpload, { arrival, maxBytes }: BatchFilesOptions): AsyncGenerator<Buffer> {
  let size = 0;
  try {
    const stream: Readable = file.createReadStream();
    for await (const chunk of addAbortSignal(arrival, stream) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw fileTooLarge(maxBytes);
      yield chunk;
    }
  } catch (error) {
    throw fromMultipartError(arrival.aborted ? arrival.reason : error, maxBytes);
  }
}
