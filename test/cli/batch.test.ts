// Facts about `warmpool batch` as a whole: what it sends, what it writes, and how it ends.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { ItemOutcome } from '../../src/batches/types.ts';
import { type BatchServer, OUTCOME, openBatchServer } from '../graphql/batch-server.ts';
import { ROOT } from '../support/gateway-process.ts';
import { desk, jsonLines, numbered } from './batch/desk.ts';

const BAD: ItemOutcome = { ok: false, code: 'BAD_IMAGE', message: 'The picture, "it", is broken.' };
const KiB = 1024;

let server: BatchServer;
beforeAll(async () => {
  // Every tenth picture of a batch fails.
  const outcome = ({ index }: { index: number }) => (index % 10 === 9 ? BAD : OUTCOME);
  const limits = { maxUploadBytes: 100 * KiB, batch: { maxFiles: 1050, maxBytes: 300 * KiB, timeoutMs: 60_000 } };
  const same = { maxFiles: 1050, maxFileBytes: 100 * KiB, maxBatchBytes: 300 * KiB };
  server = await openBatchServer(limits, { outcome, ...same });
  server.finish(Number.POSITIVE_INFINITY);
});
afterAll(() => server.close());

const batches = async () => (await server.store.list({ first: 1000, after: null })).nodes;
const filesIn = (lines: string) => jsonLines(lines).map(({ file }) => file);

describe('the results', () => {
  it('are a line for each file, in the order of the files, over several pages', async () => {
    const { photos, run } = desk();
    const folder = photos(numbered(1010));
    const { status, stdout, stderr } = await run(folder, '--url', server.url, '--format', 'jsonl', '--quiet');
    expect(filesIn(stdout)).toEqual(numbered(1010).map((name) => `${folder}/${name}`));
    expect(jsonLines(stdout).filter((row) => row.status === 'FAILED')).toHaveLength(101);
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
  });

  it('are in the order of the files, over several batches', async () => {
    const { photos, run } = desk();
    const before = (await batches()).length;
    const flags = ['--format', 'jsonl', '--batch-files', '3', '--url', server.url];
    const { stdout, stderr } = await run('missing.jpg', photos(numbered(6)), ...flags);
    expect(filesIn(stdout)).toEqual(['missing.jpg', ...numbered(6).map((name) => expect.stringContaining(name))]);
    expect((await batches()).slice(0, -before || undefined).map(({ total }) => total)).toEqual([1, 3, 2]);
    expect(stderr).toContain('Batch 3 of 3: Classifying: 100 %, 1 of 1 photos\n');
  });

  it('go into a file', async () => {
    const { photos, run, folder } = desk();
    const { status, stdout } = await run(photos(['a.jpg', 'b.jpg']), '--url', server.url, '--out', 'r.csv');
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(readFileSync(join(folder, 'r.csv'), 'utf8')).toBe(
      'file,status,label,confidence,scores,code,message\n' +
        `${folder}/photos/a.jpg,DONE,cat,1,"{""cat"":1}",,\n` +
        `${folder}/photos/b.jpg,DONE,cat,1,"{""cat"":1}",,\n`,
    );
    expect(readdirSync(folder).sort()).toEqual(['photos', 'r.csv', 'state']);
  });

  it('have whatever name the file has', async () => {
    const { photos, run } = desk();
    const names = [' .jpg', 'a"b\\c\nd.jpg', "it's; 50% off, now.jpg", '…gâteau 🍰.jpg'];
    photos(names);
    const { status, stdout } = await run('photos', '--url', server.url, '--format', 'jsonl');
    expect(filesIn(stdout)).toEqual(names.map((name) => `photos/${name}`));
    expect(status).toBe(0);
  });

  it('say why a picture failed, here or at the gateway, and the exit status is 1', async () => {
    const { photos, run, folder } = desk();
    photos(numbered(10));
    writeFileSync(join(folder, 'large.jpg'), Buffer.alloc(1001));
    const { status, stdout, stderr } = await run(
      'large.jpg',
      'photos',
      '--url',
      server.url,
      '--max-upload-bytes',
      '1000',
    );
    expect(stdout).toContain(
      '\nlarge.jpg,FAILED,,,,IMAGE_TOO_LARGE,The file has 1001 bytes; at most 1000 are accepted.\n',
    );
    expect(stdout).toContain('\nphotos/9.jpg,FAILED,,,,BAD_IMAGE,"The picture, ""it"", is broken."\n');
    expect(stderr).toMatch(
      /\n9 of 11 photos classified, 2 failed\n {2}large\.jpg {2}.*\n {2}photos\/9\.jpg {2}BAD_IMAGE: .*\n$/,
    );
    expect(status).toBe(1);
  });

  it('are as many scores as --top-k says, of the model that --model says', async () => {
    const { photos, run } = desk();
    await run(photos(['a.jpg']), '--url', server.url, '--model', 'synthetic@prod', '--top-k', '1');
    expect((await batches())[0]).toMatchObject({ model: 'synthetic@1', topK: 1 });
  });

  it('need no gateway if nothing can be sent', async () => {
    const { status, stdout } = await desk().run('missing.jpg');
    expect(stdout).toContain('\nmissing.jpg,FAILED,,,,UNREADABLE_FILE,');
    expect(status).toBe(1);
  });
});

it('tells each tenth of the way, and what came of it', async () => {
  const { photos, run } = desk();
  const { stderr } = await run(photos(numbered(8)), '--url', server.url);
  expect(stderr).toMatch(/^Uploading: 12 %, 1 of 8 photos, 0\.0 of 0\.0 MB\nUploading: 25 %/);
  expect(stderr).toMatch(/\nUploading: 100 %, 8 of 8 photos, .*\n(Classifying: \d+ %, \d of 8 photos\n)+8 of 8/);
  expect(stderr).toMatch(/\nClassifying: 100 %, 8 of 8 photos\n8 of 8 photos classified\n$/);
});

it('tells how many files of a folder it leaves out', async () => {
  const { photos, run } = desk();
  const { stderr } = await run(photos(['a.jpg', 'b.heic', 'notes.txt']), '--url', server.url);
  expect(stderr).toMatch(/^Left out, as their names are not those of pictures: 2\.\n/);
});

it('ends quietly if nobody reads the results any more', async () => {
  const { photos, folder } = desk();
  const args = [`${ROOT}/dist/main.cjs`, 'batch', photos(numbered(100)), '--url', server.url, '--quiet'];
  const child = spawn(process.execPath, args, { env: { ...process.env, XDG_STATE_HOME: folder } });
  child.stdout.destroy();
  const [stderr, [status]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

describe('exits with 2 and one line', () => {
  it.each([
    [['.', '--format', 'xml'], '--format is "xml"'],
    [['.', '--id', 'batch1'], '--id is "batch1"'],
    [['.'], 'No picture is in .'],
    [['a.jpg', '--out', 'no/such/r.csv'], '--out is "no/such/r.csv": it cannot be written (ENOENT)'],
  ])('for %j', async (args, message) => {
    const { status, stdout, stderr } = await desk().run(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^warmpool: .*\n$/);
    expect(stderr).toContain(message);
  });

  it('for an address where no gateway is', async () => {
    const { photos, run } = desk();
    const gone = await serve(() => {});
    await gone.close();
    const { status, stdout, stderr } = await run(photos(['a.jpg']), '--url', gone.url);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toBe(
      `warmpool: ${gone.url}/graphql: no answer (ECONNREFUSED); start a gateway with: warmpool serve\n`,
    );
  });

  it('for a server that is no gateway', async () => {
    const foreign = await serve((_request, response) => response.end('<html></html>'));
    onTestFinished(() => foreign.close());
    const { photos, run } = desk();
    const { status, stderr } = await run(photos(['a.jpg']), '--url', foreign.url);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^warmpool: http:\S+ is not a Warmpool gateway of this version: .*\n$/);
  });

  it('for a model that the gateway does not have', async () => {
    const { photos, run, folder } = desk();
    const flags = ['--url', server.url, '--model', 'tiger', '--out', 'r.csv', '--quiet'];
    const { status, stderr } = await run(photos(['a.jpg']), ...flags);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^warmpool: .*tiger.*\n$/);
    expect(readdirSync(folder)).not.toContain('r.csv.part');
  });

  it('for a password in --url, which it does not repeat', async () => {
    const { status, stderr } = await desk().run('a.jpg', '--url', 'http://me:secret@127.0.0.1:1');
    expect(status).toBe(2);
    expect(stderr).toMatch(/^warmpool: --url holds .*\n$/);
    expect(stderr).not.toContain('secret');
  });
});

describe('exits with 1, a line that says what helps, and the results as before', () => {
  it.each([
    ['a file that is too large for the gateway', 1, 101 * KiB, /larger than 102400 bytes.*--max-upload-bytes\.\n$/],
    ['files that are too large together', 4, 90 * KiB, /larger than 307200 bytes together.*--batch-bytes\.\n$/],
    ['too many files', 1051, 1, /1050 files.*--batch-files\.\n$/],
  ])('for %s', async (_, count, size, message) => {
    const { photos, run, folder } = desk();
    photos(numbered(count), 'x'.repeat(size));
    writeFileSync(join(folder, 'r.csv'), 'the one before');
    const { status, stderr } = await run('photos', '--url', server.url, '--out', 'r.csv', '--quiet');
    expect(stderr).toMatch(/^warmpool: .*\n$/);
    expect(stderr).toMatch(message);
    expect(status).toBe(1);
    expect(readFileSync(join(folder, 'r.csv'), 'utf8')).toBe('the one before');
    expect(existsSync(join(folder, 'r.csv.part'))).toBe(false);
  });

  it('but not for files that are too large together if --batch-bytes parts them', async () => {
    const { photos, run } = desk();
    photos(numbered(4), 'x'.repeat(90 * KiB));
    const { status } = await run('photos', '--url', server.url, '--batch-bytes', String(300 * KiB));
    expect(status).toBe(0);
  });
});

async function serve(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, close: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}
