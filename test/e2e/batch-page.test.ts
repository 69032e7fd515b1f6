// Facts about a batch on the page of a real gateway, in a real browser.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { browserPart, launchBrowser } from '../support/browser.ts';
import { freePort } from '../support/free-port.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { type PhotoFolder, photoFolder } from '../support/photo-folder.ts';
import { itNeeds } from '../support/require-part.ts';

const COUNT = 60;
/** Shorter than that of a test, so that it tells what was waited for. */
const LONGEST_WAIT_MS = 25_000;
/** Of a test that starts two gateways. */
const TWO_GATEWAYS_MS = 60_000;
const UNLIMITED = -1;
/** Of what the photos have together, so that there is time to do something while they are sent. */
const A_TENTH = 0.1;
const ONE_WORKER = ['--reserved', '1', '--max-workers', '1'];
/** So that there is time to do something while the batch runs. */
const SLOW = [...ONE_WORKER, '--drill', 'service=50ms', '--max-batch', '1'];

describe('a batch on the page of a gateway', () => {
  let browser: Browser;
  let folder: PhotoFolder;
  const dataDir = mkdtempSync(join(tmpdir(), 'warmpool-data-'));
  const running = new Set<GatewayProcess>();
  beforeAll(async () => {
    folder = photoFolder(COUNT);
    writeFileSync(join(folder.path, 'IMG_60.jpg'), 'no picture at all');
    if (browserPart.available) browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    folder.remove();
    rmSync(dataDir, { recursive: true, force: true });
  });

  // What a test has left open would go on asking and classifying.
  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close();
    await Promise.all([...running].map((gateway) => gateway.stop()));
    running.clear();
  });

  async function start(...flags: readonly string[]): Promise<GatewayProcess> {
    const gateway = await startGateway(...flags);
    running.add(gateway);
    return gateway;
  }

  async function sendFolder({ url }: GatewayProcess, bytesPerSecond = UNLIMITED) {
    const page = await browser.newPage();
    page.setDefaultTimeout(LONGEST_WAIT_MS);
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(url);
    const session = await page.context().newCDPSession(page);
    const limitUpload = (uploadThroughput: number) =>
      session.send('Network.emulateNetworkConditions', {
        offline: false,
        latency: 0,
        downloadThroughput: UNLIMITED,
        uploadThroughput,
      });
    await limitUpload(bytesPerSecond);
    await page.getByLabel('Choose a folder').setInputFiles(folder.path);
    return { page, complaints, limitUpload };
  }

  function says(page: Page, words: RegExp): Promise<void> {
    return page.locator('.batch-figures').filter({ hasText: words }).waitFor();
  }

  itNeeds(browserPart, 'ends with the labels of its photos, in the grid and in the table', async () => {
    const { page, complaints } = await sendFolder(await start(...ONE_WORKER));
    await says(page, /^60 of 61 done, 1 failed$/);
    for (const name of ['cat 30', 'dog 30', 'Failed 1']) await page.locator('.chip', { hasText: name }).waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download CSV' }).click();
    const rows = readFileSync(await (await download).path(), 'utf8')
      .trimEnd()
      .split('\r\n')
      .slice(1);
    // The fixtures take turns: kitten, puppy, cat at a window, black dog.
    for (const [index, row] of rows.slice(0, COUNT).entries()) {
      expect(row).toContain(`${index},holiday/IMG_${index}.jpg,DONE,${index % 2 ? 'dog' : 'cat'},0.`);
    }
    expect(rows[COUNT]).toMatch(/^60,holiday\/IMG_60\.jpg,FAILED,,,UNSUPPORTED_FORMAT,"The file is not a JPEG/);
    await page.reload();
    await says(page, /^60 of 61 done, 1 failed$/);
    await page.getByRole('option', { name: /IMG_0\.jpg/ }).click();
    await page.getByRole('complementary', { name: 'Selected photo' }).getByText('holiday/IMG_0.jpg').waitFor();
    expect(complaints).toEqual([]);
  });

  itNeeds(
    browserPart,
    'goes on to its end when the gateway is killed and comes back, and after a reload',
    async () => {
      const place = ['--port', String(await freePort()), '--data-dir', dataDir];
      const gateway = await start(...SLOW, ...place);
      const { page, complaints } = await sendFolder(gateway);
      await says(page, /^\d\d of 61 done/);
      await gateway.kill();
      running.delete(gateway);
      await page.getByText('connection lost, trying again').waitFor();
      await start(...SLOW, ...place);
      await says(page, /^[2-5]\d of 61 done/);
      await page.reload();
      await says(page, /^60 of 61 done, 1 failed$/);
      expect(complaints).toEqual([]);
    },
    TWO_GATEWAYS_MS,
  );

  itNeeds(
    browserPart,
    'is sent again by itself when the gateway is killed while its photos arrive',
    async () => {
      const place = ['--port', String(await freePort()), '--data-dir', mkdtempSync(join(dataDir, 'killed-'))];
      const gateway = await start(...ONE_WORKER, ...place);
      const { page, complaints, limitUpload } = await sendFolder(gateway, folder.bytes * A_TENTH);
      await says(page, /^\d+ of 61 done uploading \d\d%/);
      await gateway.kill();
      running.delete(gateway);
      await page.getByText('connection lost, trying again').waitFor();
      await limitUpload(UNLIMITED);
      await start(...ONE_WORKER, ...place);
      await says(page, /^60 of 61 done, 1 failed$/);
      expect(complaints).toEqual([]);
    },
    TWO_GATEWAYS_MS,
  );

  itNeeds(browserPart, 'is cancelled: what was classified is kept', async () => {
    const { page } = await sendFolder(await start(...SLOW));
    await says(page, /^\d\d of 61 done/);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await says(page, /^Cancelled\. \d\d of 61 done/);
    const figures = await page.locator('.batch-figures').innerText();
    await page.reload();
    await says(page, /^Cancelled\./);
    expect(await page.locator('.batch-figures').innerText()).toBe(figures);
  });
});
