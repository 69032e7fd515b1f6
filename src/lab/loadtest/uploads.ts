/** Pictures as ready-made bodies of `classify` requests, so that sending them costs the load generator little. */
import { readdir, readFile, stat } from 'node:fs/promises';
import type { OutgoingHttpHeaders } from 'node:http';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { classifyHead, UPLOAD_HEADERS, uploadForm } from '../../client/multipart.ts';
import type { ClassifyOptions } from '../../client/schema.generated.ts';
import { ConfigError } from '../../settings/setting.ts';

export interface Upload {
  readonly body: Buffer;
  readonly headers: OutgoingHttpHeaders;
}

/** The options of each request; null leaves them to the gateway. */
export type RequestOptions = Required<Pick<ClassifyOptions, 'model' | 'deadlineMs'>>;

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

export async function uploadOf(picture: Buffer, name: string, options: RequestOptions): Promise<Upload> {
  const file = new Blob([picture as Uint8Array<ArrayBuffer>]);
  const form = new Response(uploadForm(classifyHead(options, QUERY), [{ name, file }]));
  const body = Buffer.from(await form.arrayBuffer());
  const type = form.headers.get('content-type') ?? '';
  return { body, headers: { ...UPLOAD_HEADERS, 'content-type': type, 'content-length': body.length } };
}

async function pictureFiles(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => PICTURE.test(name)).sort();
  if (names.length > 0) return names.map((name) => join(path, name));
  throw new ConfigError(`--image is ${JSON.stringify(path)}: no picture is in it (.jpg .png .webp .gif .avif)`);
}

async function reading<Result>(path: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const message = `--image is ${JSON.stringify(path)}: it cannot be read (${code}); give a picture or a folder of them`;
    throw new ConfigError(message, { cause: error });
  }
}
