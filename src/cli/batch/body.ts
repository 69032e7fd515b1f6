/** The body of a `classifyBatch` request: read from disk while it is sent, its length known before. */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { OutgoingHttpHeaders } from 'node:http';
import { basename } from 'node:path';
import { LocalFailure } from './local-failure.ts';
import type { Picture } from './pictures.ts';

export interface BatchRequest {
  readonly clientBatchId: string;
  /** Null leaves it to the gateway. */
  readonly model: string | null;
  readonly topK: number | null;
}

const CLASSIFY_BATCH = `mutation ($images: [Upload!]!, $clientBatchId: ID, $options: ClassifyOptions) {
  classifyBatch(images: $images, clientBatchId: $clientBatchId, options: $options) { id }
}`;

const CHUNK_BYTES = 256 * 1024;

/** What the gateway will call the file: where it lies is nobody else's business, and quotes would break the header. */
export function nameOf({ path }: Picture): string {
  return basename(path).replace(/["\\\p{Cc}]/gu, '_');
}

/** Is told how many files, and bytes of them, have been given out so far. */
export type OnSent = (files: number, bytes: number) => void;

export class BatchBody {
  readonly headers: OutgoingHttpHeaders;
  readonly #pictures: readonly Picture[];
  readonly #boundary = `warmpool-${randomUUID()}`;
  readonly #head: Buffer;

  constructor(pictures: readonly Picture[], { clientBatchId, model, topK }: BatchRequest) {
    this.#pictures = pictures;
    const variables = { images: pictures.map(() => null), clientBatchId, options: { model, topK } };
    const map = Object.fromEntries(pictures.map((_, i) => [i, [`variables.images.${i}`]]));
    this.#head = Buffer.concat([
      this.#partHead('operations'),
      Buffer.from(`${JSON.stringify({ query: CLASSIFY_BATCH, variables })}\r\n`),
      this.#partHead('map'),
      Buffer.from(`${JSON.stringify(map)}\r\n`),
    ]);
    this.headers = {
      'content-type': `multipart/form-data; boundary=${this.#boundary}`,
      'content-length': this.#length(),
      'apollo-require-preflight': 'true',
    };
  }

  /** Throws LocalFailure if a file is no longer what it was. */
  async *bytes(onSent: OnSent): AsyncGenerator<Buffer> {
    yield this.#head;
    let sent = 0;
    for (const [i, picture] of this.#pictures.entries()) {
      yield this.#fileHead(i, picture);
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
    yield this.#tail();
  }

  #length(): number {
    const files = this.#pictures.map((picture, i) => this.#fileHead(i, picture).length + picture.size + 2);
    return files.reduce((sum, bytes) => sum + bytes, this.#head.length + this.#tail().length);
  }

  #fileHead(i: number, picture: Picture): Buffer {
    const more = `; filename="${nameOf(picture)}"\r\nContent-Type: application/octet-stream`;
    return this.#partHead(String(i), more);
  }

  #partHead(name: string, more = ''): Buffer {
    return Buffer.from(`--${this.#boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n`);
  }

  #tail(): Buffer {
    return Buffer.from(`--${this.#boundary}--\r\n`);
  }
}

async function* bytesOf({ path, size }: Picture): AsyncGenerator<Buffer> {
  let read = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
      read += chunk.length;
      if (read > size) break;
      yield chunk;
    }
  } catch (error) {
    throw new LocalFailure(`${path} cannot be read any more: ${(error as Error).message}`, { cause: error });
  }
  if (read !== size) throw new LocalFailure(`${path} has changed while it was sent: it had ${size} bytes.`);
}
