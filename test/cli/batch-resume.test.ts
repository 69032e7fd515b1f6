// Facts about `warmpool batch` that is ended, cut off, or run again: what the gateway has is not sent again.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { SpoolFile } from '../../src/batches/spool/file.ts';
import { type BatchServer, openBatchServer } from '../graphql/batch-server.ts';
import { TcpLink } from '../support/tcp-link.ts';
import { type Desk, desk, jsonLines, LONGEST_WAIT_MS, numbered } from './batch/desk.ts';

const ID = 'an-id-that-is-long-enough';
/** More than fits into the buffers between the command and the gateway, 1 MB each. */
const LARGE = numbered(20);
const CLASSIFYING = /^Classifying: /m;
const GO_ON = 'Run the same command again to go on: what the gateway has is not sent again.\n';

let server: BatchServer;
beforeEach(async () => {
  server = await openBatchServer();
  vi.spyOn(server.store, 'add');
});
let letGo = () => {};
afterEach(() => {
  letGo();
  return server.close();
});

const sent = () => vi.mocked(server.store.add).mock.calls.flatMap(([_batch, items]) => items).length;
const remembered = ({ folder }: Desk) => readdirSync(join(folder, 'state/warmpool/batches')).length;
const batches = async () => (await server.store.list({ first: 100, after: null })).nodes;

async function linked() {
  const link = await TcpLink.open(Number(new URL(server.url).port));
  onTestFinished(() => link.close());
  return { link, url: `http://127.0.0.1:${link.port}` };
}

/** Holds the upload of each batch when a little of it has come, until it is let go. */
function holdUploads() {
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const begun = new Set<SpoolFile>();
  const reached = vi.fn();
  const append = SpoolFile.prototype.append;
  const appending = vi.spyOn(SpoolFile.prototype, 'append').mockImplementation(async function (
    this: SpoolFile,
    chunks,
  ) {
    if (begun.has(this)) {
      reached();
      await held;
    }
    begun.add(this);
    return append.call(this, chunks);
  });
  onTestFinished(() => appending.mockRestore());
  return { letGo, reached: () => vi.waitUntil(() => reached.mock.calls.length > 0, { timeout: LONGEST_WAIT_MS }) };
}

describe('ended by Ctrl-C', () => {
  it('while pictures are classified, it exits with 130, and goes on when it is run again', async () => {
    const here = desk();
    const args = [here.photos(numbered(5)), '--url', server.url, '--out', 'r.csv'];
    const first = here.start(...args);
    await first.tells(CLASSIFYING);
    server.finish(2);
    await first.tells(/2 of 5 photos/);
    first.kill('SIGINT');
    const { status, stderr } = await first.ended;
    expect(status).toBe(130);
    expect(stderr).toMatch(new RegExp(`\\nwarmpool: ended by SIGINT. ${GO_ON}$`));
    expect(readdirSync(here.folder).filter((name) => name.startsWith('r.csv'))).toEqual([]);
    server.finish(3);
    expect((await here.run(...args)).status).toBe(0);
    expect(readFileSync(join(here.folder, 'r.csv'), 'utf8').match(/,DONE,cat,/g)).toHaveLength(5);
    expect(sent()).toBe(5);
  });

  it('while pictures are sent, it leaves nothing behind, and sends them when it is run again', async () => {
    const here = desk();
    server.finish(Number.POSITIVE_INFINITY);
    const args = [here.photos(LARGE, 'x'.repeat(1e6)), '--url', server.url];
    const uploads = holdUploads();
    const first = here.start(...args);
    await uploads.reached();
    first.kill('SIGINT');
    expect((await first.ended).status).toBe(130);
    uploads.letGo();
    await vi.waitUntil(async () => (await batches()).length === 0, { timeout: LONGEST_WAIT_MS });
    expect((await here.run(...args)).status).toBe(0);
    expect(await batches()).toMatchObject([{ total: LARGE.length, state: 'completed' }]);
  });

  it('between two batches, it sends only the second one when it is run again', async () => {
    const here = desk();
    const args = [here.photos(numbered(6)), '--url', server.url, '--batch-files', '3', '--format', 'jsonl'];
    const first = here.start(...args);
    server.finish(3);
    await first.tells(/Batch 2 of 2: Classifying/);
    first.kill('SIGINT');
    await first.ended;
    server.finish(3);
    const { status, stdout } = await here.run(...args);
    expect(jsonLines(stdout)).toHaveLength(6);
    expect(status).toBe(0);
    expect(sent()).toBe(6);
  });
});

describe('cut off from the gateway', () => {
  it('while pictures are classified, it goes on by itself', async () => {
    const here = desk();
    const { link, url } = await linked();
    const running = here.start(here.photos(numbered(4)), '--url', url);
    await running.tells(CLASSIFYING);
    link.cut();
    server.finish(4);
    await running.tells(/The gateway: no answer \(\w+\)\. Trying again\./);
    link.mend();
    const { status, stdout } = await running.ended;
    expect(stdout.match(/,DONE,/g)).toHaveLength(4);
    expect(status).toBe(0);
    expect(sent()).toBe(4);
  });

  it('while pictures are sent, it sends them again by itself, as one batch', async () => {
    const here = desk();
    server.finish(Number.POSITIVE_INFINITY);
    const { link, url } = await linked();
    const uploads = holdUploads();
    const running = here.start(here.photos(LARGE, 'x'.repeat(1e6)), '--url', url);
    await uploads.reached();
    link.cut();
    await running.tells(/Trying again/);
    uploads.letGo();
    link.mend();
    expect((await running.ended).status).toBe(0);
    expect(await batches()).toMatchObject([{ total: LARGE.length, done: LARGE.length }]);
  });

  it('for longer than --patience, it exits with 1, and goes on when it is run again', async () => {
    const here = desk();
    const { link, url } = await linked();
    const args = [here.photos(numbered(2)), '--url', url, '--out', 'r.csv'];
    const first = here.start(...args, '--patience', '1');
    await first.tells(CLASSIFYING);
    link.cut();
    const { status, stderr } = await first.ended;
    expect(stderr).toMatch(/\nwarmpool: no answer \(\w+\)\. Run the same command again to go on: .*\n$/);
    expect(status).toBe(1);
    link.mend();
    server.finish(2);
    expect((await here.run(...args)).status).toBe(0);
    expect(sent()).toBe(2);
  });
});

describe('run again', () => {
  it('after its results were written, it begins anew', async () => {
    const here = desk();
    server.finish(Number.POSITIVE_INFINITY);
    const args = [here.photos(numbered(2)), '--url', server.url];
    await here.run(...args);
    expect(remembered(here)).toBe(0);
    await here.run(...args);
    expect(sent()).toBe(4);
  });

  it('with other photos, or for another model, it is another batch', async () => {
    const here = desk();
    const photos = here.photos(numbered(2));
    const start = async (...flags: string[]) => {
      const running = here.start(photos, '--url', server.url, ...flags);
      await running.tells(CLASSIFYING);
      running.kill('SIGINT');
      await running.ended;
    };
    await start();
    await start('--model', 'synthetic');
    writeFileSync(join(photos, '1.jpg'), 'another picture');
    await start();
    await start();
    expect(sent()).toBe(6);
    expect(remembered(here)).toBe(3);
  });

  it('while another one sends the same, it waits for that one', async () => {
    const here = desk();
    server.finish(Number.POSITIVE_INFINITY);
    const args = [here.photos(LARGE, 'x'.repeat(1e6)), '--url', server.url];
    const uploads = holdUploads();
    const first = here.start(...args);
    await uploads.reached();
    const second = here.start(...args);
    await second.tells(/^An earlier upload has not ended yet: waiting for it\.$/m);
    uploads.letGo();
    const ends = await Promise.all([first.ended, second.ended]);
    expect(ends.map(({ status }) => status)).toEqual([0, 0]);
    expect(ends[1].stdout).toBe(ends[0].stdout);
    expect(sent()).toBe(LARGE.length);
  });

  it('after the gateway removed the batch, it sends the photos again', async () => {
    const here = desk();
    server.finish(Number.POSITIVE_INFINITY);
    const args = [here.photos(numbered(2)), '--url', server.url, '--id', ID];
    await here.run(...args);
    await server.store.prune(Date.now() + 1000, 0);
    expect((await here.run(...args)).status).toBe(0);
    expect(sent()).toBe(4);
  });
});

describe('--id', () => {
  it('names a batch whose results can be had again and again, from anywhere', async () => {
    server.finish(Number.POSITIVE_INFINITY);
    const [here, there] = [desk(), desk()];
    const run = ({ photos, run }: Desk) =>
      run(photos(numbered(3)), '--url', server.url, '--id', ID, '--batch-files', '2');
    const first = await run(here);
    const second = await run(there);
    expect(first.status).toBe(0);
    expect(second.stdout).toBe(first.stdout.replaceAll(here.folder, there.folder));
    expect(sent()).toBe(3);
    expect((await batches()).map(({ clientBatchId }) => clientBatchId)).toEqual([`${ID}-2`, ID]);
    expect(existsSync(join(here.folder, 'state'))).toBe(false);
  });

  it.each([
    [['a', 'b', 'c'], '2 instead of 3'],
    [['a'], '2 instead of 1'],
    [['a', 'c'], '"b.jpg" in the place of "c.jpg"'],
  ])('of a batch with other files is refused: %j', async (names, difference) => {
    server.finish(Number.POSITIVE_INFINITY);
    const here = desk();
    here.photos(['a.jpg', 'b.jpg', 'c.jpg']);
    const run = (...names: string[]) =>
      here.run(...names.map((name) => `photos/${name}.jpg`), '--url', server.url, '--id', ID, '--quiet');
    expect((await run('a', 'b')).status).toBe(0);
    const { status, stderr } = await run(...names);
    const message = `The batch of this --id has other files: ${difference}. Choose another id for these.`;
    expect({ status, stderr }).toEqual({ status: 2, stderr: `warmpool: ${message}\n` });
  });
});

describe('cancelled by somebody else', () => {
  it('while pictures are classified, it says so of each, exits with 1, and begins anew when it is run again', async () => {
    const here = desk();
    const args = [here.photos(numbered(12)), '--url', server.url, '--format', 'jsonl'];
    const running = here.start(...args);
    await running.tells(CLASSIFYING);
    server.finish(2);
    await running.tells(/2 of 12 photos/);
    const [batch] = await batches();
    await server.batches.cancel(batch?.id ?? '');
    server.finish(Number.POSITIVE_INFINITY);
    const { status, stdout, stderr } = await running.ended;
    const statuses = jsonLines(stdout).map((row) => row.status);
    expect(statuses).toHaveLength(12);
    expect(new Set(statuses)).toEqual(new Set(['DONE', 'CANCELLED']));
    expect(stderr).toMatch(/\n\d of 12 photos classified, \d+ cancelled\n$/);
    expect(status).toBe(1);
    expect((await here.run(...args)).status).toBe(0);
  });

  it('while pictures are sent, it says so of all', async () => {
    const here = desk();
    const uploads = holdUploads();
    const running = here.start(here.photos(LARGE, 'x'.repeat(1e6)), '--url', server.url);
    await uploads.reached();
    const [batch] = await batches();
    await server.batches.cancel(batch?.id ?? '');
    server.finish(Number.POSITIVE_INFINITY);
    uploads.letGo();
    const { status, stderr } = await running.ended;
    expect(stderr).toMatch(/\n[01] of 20 photos classified, (19|20) cancelled\n$/);
    expect(status).toBe(1);
  });
});

it('waits for a gateway that has no room', async () => {
  await server.close();
  server = await openBatchServer({}, { maxUploads: 1 });
  server.finish(Number.POSITIVE_INFINITY);
  const uploads = holdUploads();
  const here = desk();
  const photos = here.photos(LARGE, 'x'.repeat(1e6));
  const first = here.start(photos, '--url', server.url);
  await uploads.reached();
  const second = here.start(photos, '--url', server.url, '--top-k', '1');
  await second.tells(/^The gateway: 1 of at most 1 batches are being uploaded\. Trying again\.$/m);
  uploads.letGo();
  expect((await first.ended).status).toBe(0);
  expect((await second.ended).status).toBe(0);
});
