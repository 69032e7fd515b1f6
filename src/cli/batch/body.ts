/** The body of a `classifyBatch` request: read from disk while it is sent, its length known before. */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { OutgoingHttpHeaders } from 'node:http';
import { basename } from 'node:path';
import { RequestFailure } from '../../client/answer.ts';
import { classifyBatchHead, UPLOAD_HEADERS } from '../../client/multipart.ts';
import type { PictureFile } from './pictures.ts';

export interface BatchRequest {
  readonly clientBatchId: string;
  /** Null leaves it to the gateway. */
  readonly model: string | null;
  readonly topK: number | null;
}

const CHUNK_BYTES = 256 * 1024;

/** What the gateway will call the file: where it lies is nobody else's business, and quotes would break the header. */
export function nameOf({ path }: PictureFile): string {
  return basename(path).replace(/["\\\p{Cc}]/gu, '_');
}

/** Is told how many files, and bytes of them, have been given out so far. */
export type OnSent = (files: number, bytes: number) => void;

export class BatchBody {
  readonly headers: OutgoingHttpHeaders;
  readonly #pictures: readonly PictureFile[];
  readonly #boundary = `warmpool-${randomUUID()}`;
  readonly #head: string;
  readonly #tail = `--${this.#boundary}--\r\n`;

  constructor(pictures: readonly PictureFile[], { clientBatchId, model, topK }: BatchRequest) {
    const { operations, map } = classifyBatchHead(pictures.length, clientBatchId, { model, topK });
    this.#pictures = pictures;
    this.#head = `${this.#partHead('operations')}${operations}\r\n${this.#partHead('map')}${map}\r\n`;
    const files = pictures.map((picture, i) => Buffer.byteLength(this.#fileHead(i, picture)) + picture.size + 2);
    this.headers = {
      ...UPLOAD_HEADERS,
      'content-type': `multipart/form-data; boundary=${this.#boundary}`,
      'content-length': files.reduce((sum, bytes) => sum + bytes, Buffer.byteLength(this.#head + this.#tail)),
    };
  }

  /** Throws a RequestFailure if a file is no longer what it was. */
  async *bytes(onSent: OnSent): AsyncGenerator<Buffer> {
    yield Buffer.from(this.#head);
    let sent = 0;
    for (const [i, picture] of this.#pictures.entries()) {
      yield Buffer.from(this.#fileHead(i, picture));
      let left = picture.size;
      for await (const chunk of bytesOf(picture)) {
        yield chunk;
        sent += chunk.length;
        left -= chunk.length;
        if (left > 0) onSent(i, sent);
      }
      yield Buffer.from('\r\n');
      onSent(i + 1, sent);
    }
    yield Buffer.from(this.#tail);
  }

  #fileHead(i: number, picture: PictureFile): string {
    return this.#partHead(`${i}`, `; filename="${nameOf(picture)}"\r\nContent-Type: application/octet-stream`);
  }

  #partHead(name: string, more = ''): string {
    return `--${this.#boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n`;
  }
}

async function* bytesOf({ path, size }: PictureFile): AsyncGenerator<Buffer> {
  let read = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
      read += chunk.length;
      if (read > size) break;
      yield chunk;
    }
  } catch (error) {
    throw unreadable(`${path} cannot be read any more: ${(error as Error).message}`);
  }
  if (read !== size) throw unreadable(`${path} has changed while it was sent: it had ${size} bytes.`);
}

function unreadable(message: string): RequestFailure {
  return new RequestFailure('UNREADABLE_FILE', message);
}
