import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { BatchBody, nameOf } from '../../../src/cli/batch/body.ts';
import type { PictureFile } from '../../../src/cli/batch/pictures.ts';
import { RequestFailure } from '../../../src/client/answer.ts';

const REQUEST = { clientBatchId: 'an-id-that-is-long-enough', model: null, topK: null };

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'warmpool-body-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

function pictureOf(path: string, content: string | Uint8Array): PictureFile {
  writeFileSync(path, content);
  return { path, size: Buffer.byteLength(content), mtimeMs: 0 };
}

async function bytesOf(body: BatchBody, onSent = (_files: number, _bytes: number) => {}): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body.bytes(onSent)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function formOf({ headers }: BatchBody, bytes: Buffer): Promise<FormData> {
  const type = { 'content-type': String(headers['content-type']) };
  return new Response(bytes as Uint8Array<ArrayBuffer>, { headers: type }).formData();
}

it('is as long as it says, and holds every file', async () => {
  const here = emptyFolder();
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 500 }), { maxLength: 5 }), async (files) => {
      const pictures = files.map((content, i) => pictureOf(join(here, `${i}.jpg`), content));
      const body = new BatchBody(pictures, REQUEST);
      const bytes = await bytesOf(body);
      expect(bytes).toHaveLength(Number(body.headers['content-length']));
      const form = await formOf(body, bytes);
      for (const [i, content] of files.entries()) {
        expect(Buffer.from(await (form.get(`${i}`) as File).arrayBuffer()).equals(content)).toBe(true);
      }
    }),
    { numRuns: 30 },
  );
});

it('says what is sent, in the order of the multipart request specification', async () => {
  const here = emptyFolder();
  const pictures = ['a.jpg', 'b.jpg'].map((name) => pictureOf(join(here, name), name));
  const body = new BatchBody(pictures, { ...REQUEST, model: 'm@1', topK: 2 });
  const form = await formOf(body, await bytesOf(body));
  expect([...form.keys()]).toEqual(['operations', 'map', '0', '1']);
  expect(JSON.parse(String(form.get('operations'))).variables).toEqual({
    images: [null, null],
    clientBatchId: REQUEST.clientBatchId,
    options: { model: 'm@1', topK: 2 },
  });
  expect(JSON.parse(String(form.get('map')))).toEqual({ 0: ['variables.images.0'], 1: ['variables.images.1'] });
  expect((form.get('1') as File).name).toBe('b.jpg');
});

it('tells how much has been given out', async () => {
  const here = emptyFolder();
  const pictures = [10, 0, 600_000].map((size, i) => pictureOf(join(here, `${i}`), Buffer.alloc(size)));
  const told: [number, number][] = [];
  await bytesOf(new BatchBody(pictures, REQUEST), (files, bytes) => told.push([files, bytes]));
  expect(told.slice(0, 2)).toEqual([
    [1, 10],
    [2, 10],
  ]);
  expect(told.at(-2)?.[0]).toBe(2);
  expect(told.at(-1)).toEqual([3, 600_010]);
});

it('gives out no more than it says of a file that has grown', async () => {
  const path = join(emptyFolder(), 'a.jpg');
  const body = new BatchBody([pictureOf(path, '1234')], REQUEST);
  writeFileSync(path, Buffer.alloc(1e6));
  let given = 0;
  const giving = async () => {
    for await (const chunk of body.bytes(() => {})) given += chunk.length;
  };
  await expect(giving()).rejects.toThrow(RequestFailure);
  expect(given).toBeLessThan(Number(body.headers['content-length']));
});

it.each([
  ['shrunk', (path: string) => writeFileSync(path, '123')],
  ['grown', (path: string) => writeFileSync(path, '12345')],
  ['gone', (path: string) => rmSync(path)],
])('fails for a file that is %s meanwhile, and names it', async (_, change) => {
  const here = emptyFolder();
  const path = join(here, 'a.jpg');
  const body = new BatchBody([pictureOf(path, '1234')], REQUEST);
  change(path);
  const failure = await bytesOf(body).catch((error) => error);
  expect(failure).toBeInstanceOf(RequestFailure);
  expect(failure.message).toContain(path);
});

it.each([
  ['photos/a.jpg', 'a.jpg'],
  ['a"b\\c\r\nd.jpg', 'a_b_c__d.jpg'],
  ["it's; 50% off 🍰.jpg", "it's; 50% off 🍰.jpg"],
])('the file %j has the name %j', (path, name) => {
  expect(nameOf({ path, size: 0, mtimeMs: 0 })).toBe(name);
});
