// Facts about a batch on the page when something goes wrong: nothing is lost, and the visitor is told.
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from 'vitest';
import { browserPart, launchBrowser } from '../../support/browser.ts';
import { type PhotoFolder, photoFolder } from '../../support/photo-folder.ts';
import { itNeeds } from '../../support/require-part.ts';
import type { FakeBatch } from './fake-batch.ts';
import { FakeGateway } from './fake-gateway.ts';
import { openPage } from './open-page.ts';

const COUNT = 24;

describe('a batch on the page, in trouble', () => {
  let browser: Browser;
  let folder: PhotoFolder;
  let gateway: FakeGateway;
  beforeAll(async () => {
    folder = photoFolder(COUNT);
    if (browserPart.available) browser = await launchBrowser();
  });
  afterAll(async () => {
    folder.remove();
    await browser?.close();
  });
  beforeEach(async () => {
    gateway = await FakeGateway.start();
  });
  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close();
    await gateway.close();
  });

  function answer(batch: FakeBatch, first: number, end: number): void {
    for (let index = first; index < end; index++) batch.finish(index, { label: 'cat', confidence: 0.9 });
  }

  /** A page whose batch has been sent and is half done. */
  async function openHalfDone() {
    const opened = await openPage(browser, gateway);
    await opened.chooseFolder(folder.path);
    await gateway.sealed();
    answer(gateway.batch, 0, 12);
    await opened.says(/^12 of 24 done/);
    return opened;
  }

  itNeeds(browserPart, 'loses nothing by a reload, and goes on after the last event', async () => {
    const { page, says, photo } = await openHalfDone();
    const { seq } = gateway.batch;
    await page.reload();
    await says(/^12 of 24 done/);
    await photo('cat 0.90', 'IMG_0.jpg').waitFor();
    await photo('Queued', 'IMG_23.jpg').click();
    await page.getByRole('complementary', { name: 'Selected photo' }).getByText('holiday/IMG_23.jpg').waitFor();
    answer(gateway.batch, 12, COUNT);
    await says(/^24 of 24 done$/);
    expect(gateway.subscriptions.at(-1)).toBe(seq);
  });

  itNeeds(browserPart, 'comes back after the last event when the connection breaks', async () => {
    const { page, says, complaints } = await openHalfDone();
    gateway.outage = 503;
    gateway.cutStreams();
    await page.getByText('connection lost, trying again').waitFor();
    const { seq } = gateway.batch;
    answer(gateway.batch, 12, COUNT);
    gateway.outage = 0;
    await says(/^24 of 24 done$/);
    expect(gateway.subscriptions.at(-1)).toBe(seq);
    expect(await page.getByText('connection lost').count()).toBe(0);
    expect(complaints.filter((complaint) => !complaint.includes('Failed to load resource'))).toEqual([]);
  });

  itNeeds(browserPart, 'asks anew when nothing has been heard for long', async () => {
    const { page, says, chooseFolder } = await openPage(browser, gateway);
    await page.clock.install();
    await chooseFolder(folder.path);
    await gateway.sealed();
    answer(gateway.batch, 0, 1);
    await says(/^1 of 24 done/);
    const before = gateway.subscriptions.length;
    await page.clock.runFor(30_000);
    await expect.poll(() => gateway.subscriptions.length).toBeGreaterThan(before);
    expect(gateway.subscriptions.at(-1)).toBe(gateway.batch.seq);
  });

  itNeeds(browserPart, 'reads the items that it missed when the gateway left events out', async () => {
    const { says, photo } = await openHalfDone();
    gateway.batch.unheard(() => answer(gateway.batch, 12, 20));
    await says(/^20 of 24 done/);
    await photo('cat 0.90', 'IMG_19.jpg').waitFor();
    answer(gateway.batch, 20, COUNT);
    await says(/^24 of 24 done$/);
  });

  itNeeds(browserPart, 'is cancelled while it runs: what is done stays', async () => {
    const { page, says, photo } = await openHalfDone();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await says('Cancelled. 12 of 24 done');
    await photo('Cancelled', 'IMG_12.jpg').waitFor();
    expect(gateway.batch.state).toBe('CANCELLED');
    await page.reload();
    await says('Cancelled. 12 of 24 done');
  });

  itNeeds(browserPart, 'is cancelled while it is being sent', async () => {
    gateway.onArrival = (_batch, index) => (index === 5 ? new Promise(() => {}) : undefined);
    const { page, says, chooseFolder } = await openPage(browser, gateway);
    await chooseFolder(folder.path);
    await expect.poll(() => gateway.batches.size && gateway.batch.total).toBe(6);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await says('Cancelled. 0 of 24 done');
    expect(gateway.batch.state).toBe('CANCELLED');
  });

  itNeeds(browserPart, 'can be put away while it is being sent to a gateway that is gone', async () => {
    gateway.onArrival = () => new Promise(() => {});
    const { page, batch, says, chooseFolder } = await openPage(browser, gateway);
    await chooseFolder(folder.path);
    await says(/uploading/);
    expect(await page.getByRole('button', { name: 'Close' }).count()).toBe(0);
    gateway.outage = 503;
    gateway.cutStreams();
    await page.getByRole('button', { name: 'Close' }).click();
    await batch.waitFor({ state: 'detached' });
  });

  itNeeds(browserPart, 'tells why its upload was refused, and is sent again at one click', async () => {
    let isFull = true;
    gateway.onUpload = () => {
      if (isFull) throw gateway.error('SPOOL_FULL', 'The spool holds 10 of at most 10 bytes.', 0);
    };
    const { page, batch, says, chooseFolder } = await openPage(browser, gateway);
    await chooseFolder(folder.path);
    await batch.getByText('SPOOL_FULL').waitFor();
    await batch.getByText('The spool holds 10 of at most 10 bytes.').waitFor();
    isFull = false;
    await page.getByRole('button', { name: 'Retry' }).click();
    await gateway.sealed();
    answer(gateway.batch, 0, COUNT);
    await says(/^24 of 24 done$/);
  });

  itNeeds(browserPart, 'says so if the gateway does not have it any more', async () => {
    const { page, says } = await openHalfDone();
    gateway.batches.clear();
    await page.reload();
    await says('This batch is no longer there');
    await page.getByRole('button', { name: 'Close' }).click();
    await expect.poll(() => new URL(page.url()).hash).toBe('');
  });

  itNeeds(browserPart, 'is not given up for another one while it is being sent', async () => {
    gateway.onArrival = () => new Promise(() => {});
    const { page, chooseFolder, says } = await openPage(browser, gateway);
    await chooseFolder(folder.path);
    await says(/uploading/);
    const address = page.url();
    await chooseFolder(folder.path);
    await page.getByText('A batch is being uploaded: wait until it is, or cancel it.').waitFor();
    expect(page.url()).toBe(address);
    await page.goBack();
    await expect.poll(() => page.url()).toBe(address);
    await says(/uploading/);
  });

  itNeeds(browserPart, 'is not given up for a reload without a question while it is being sent', async () => {
    gateway.onArrival = () => new Promise(() => {});
    const { page, chooseFolder, says } = await openPage(browser, gateway);
    await chooseFolder(folder.path);
    await says(/uploading/);
    // Browsers ask only those who have done something on the page.
    await page.getByRole('listbox').click();
    const asked = page.waitForEvent('dialog');
    await page.evaluate('void setTimeout(() => location.reload())');
    const question = await asked;
    expect(question.type()).toBe('beforeunload');
    await question.dismiss();
    await says(/uploading/);
  });
});
