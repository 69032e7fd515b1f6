/** Pictures as ready-made bodies of `classify` requests, so that sending them costs the load generator little. */
import { randomUUID } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import type { OutgoingHttpHeaders } from 'node:http';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { LoadTestError } from './load-test-error.ts';

export interface Upload {
  readonly body: Buffer;
  readonly headers: OutgoingHttpHeaders;
  /** The same once more, after a refusal that gave this token. */
  comingBack(retryToken: string): Upload;
}

/** The options of each request; null leaves them to the gateway. */
export interface RequestOptions {
  readonly model: string | null;
  readonly deadlineMs: number | null;
  readonly retryToken?: string | null;
}

const QUERY = `mutation LoadTest($image: Upload!, $options: ClassifyOptions) {
  classify(image: $image, options: $options) { label }
}`;

const PICTURE = /\.(jpe?g|png|webp|gif|avif)$/i;

const SAMPLE = createRequire(import.meta.url).resolve('#dist/web/samples/cat-chelsea.jpg');

/** Of one file, whatever it holds, or of the pictures in a folder by their names; of a sample that ships if null. */
export async function readUploads(path: string | null, options: RequestOptions): Promise<Upload[]> {
  const files = path === null ? [SAMPLE] : await reading(path, () => pictureFiles(path));
  return Promise.all(
    files.map(async (file) => uploadOf(await reading(file, () => readFile(file)), basename(file), options)),
  );
}

/** By the GraphQL multipart request specification. */
export function uploadOf(picture: Uint8Array, fileName: string, options: RequestOptions): Upload {
  const boundary = `warmpool-${randomUUID()}`;
  const part = (name: string, more: string, content: string | Uint8Array) => [
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n`),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ];
  const operation = { query: QUERY, variables: { image: null, options } };
  const body = Buffer.concat([
    ...part('operations', '', JSON.stringify(operation)),
    ...part('map', '', '{"0":["variables.image"]}'),
    ...part('0', `; filename=${JSON.stringify(fileName)}\r\nContent-Type: application/octet-stream`, picture),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
  const headers = {
    'content-type': `multipart/form-data; boundary=${boundary}`,
    'content-length': body.length,
    'apollo-require-preflight': 'true',
  };
  return { body, headers, comingBack: (retryToken) => uploadOf(picture, fileName, { ...options, retryToken }) };
}

async function pictureFiles(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => PICTURE.test(name)).sort();
  if (names.length === 0) {
    throw new LoadTestError(`--image is ${JSON.stringify(path)}: no picture is in it (.jpg .png .webp .gif .avif)`);
  }
  return names.map((name) => join(path, name));
}

async function reading<Result>(path: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const message = `--image is ${JSON.stringify(path)}: it cannot be read (${code}); give a picture or a folder of them`;
    throw new LoadTestError(message, { cause: error });
  }
}
