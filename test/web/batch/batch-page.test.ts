// Facts about a batch on the page, in a browser: what the visitor sees of it from the folder to the table of results.
import { readFileSync } from 'node:fs';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from 'vitest';
import { browserPart, launchBrowser } from '../../support/browser.ts';
import { type PhotoFolder, photoFolder } from '../../support/photo-folder.ts';
import { itNeeds } from '../../support/require-part.ts';
import type { FakeBatch, Outcome } from './fake-batch.ts';
import { FakeGateway } from './fake-gateway.ts';
import { openPage } from './open-page.ts';

const CAT: Outcome = { label: 'cat', confidence: 0.98 };
const DOG: Outcome = { label: 'dog', confidence: 0.75 };
const BAD = { code: 'BAD_IMAGE', message: 'The file ends in the middle of the picture.' };
const COUNT = 30;

describe('a batch on the page', () => {
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

  const open = (options?: BrowserContextOptions) => openPage(browser, gateway, options);

  /** Photos 0 and 1 have an answer, photo 2 has failed, the others wait. */
  function answerThree(batch: FakeBatch): void {
    for (const [index, outcome] of [CAT, DOG, BAD].entries()) batch.finish(index, outcome);
  }

  function answerAll(batch: FakeBatch): void {
    answerThree(batch);
    for (let index = 3; index < COUNT; index++) batch.finish(index, index % 2 ? DOG : CAT);
  }

  itNeeds(browserPart, 'fills with answers while its photos are still being sent', async () => {
    let goOn = () => {};
    gateway.onArrival = (batch, index) => {
      if (index === 2) answerThree(batch);
      return index === 2 ? new Promise((resolve) => (goOn = resolve)) : undefined;
    };
    const { chooseFolder, says, photo, photos, page, complaints } = await open();
    await chooseFolder(folder.path);
    await says(/^2 of 30 done, 1 failed uploading \d+%/);
    await photo('cat 0.98', 'IMG_0.jpg').waitFor();
    await photo('BAD_IMAGE', 'IMG_2.jpg').waitFor();
    expect(await photos.count()).toBe(COUNT);
    goOn();
    await says(/^2 of 30 done, 1 failed(?! uploading)/);
    answerAll(gateway.batch);
    await says(/^29 of 30 done, 1 failed$/);
    const notice = page.getByText('One file that is no picture was left out.');
    expect((await notice.boundingBox())?.y).toBeGreaterThanOrEqual(0);
    expect(gateway.subscriptions[0]).toBe(0);
    expect(complaints).toEqual([]);
  });

  itNeeds(browserPart, 'is made of many photos that are chosen, but not of a few', async () => {
    const { page, batch } = await open();
    const files = folder.names.map((name) => `${folder.path}/${name}`);
    const chooser = page.getByLabel('Choose photos');
    await chooser.setInputFiles(files.slice(0, 2));
    await page.getByRole('article', { name: 'IMG_1.jpg' }).waitFor();
    expect(await batch.count()).toBe(0);
    await chooser.setInputFiles(files);
    await batch.waitFor();
    expect(await page.getByRole('article').count()).toBe(2);
  });

  itNeeds(browserPart, 'is made of a folder that is dropped', async () => {
    const { page, says } = await open();
    const session = await page.context().newCDPSession(page);
    const data = { items: [], files: [folder.path], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await session.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data });
    }
    await says('0 of 30 done');
    await page.getByText('One file that is no picture was left out.').waitFor();
  });

  itNeeds(browserPart, 'shows thumbnails of the photos that can be seen', async () => {
    const { chooseFolder, page } = await open();
    await chooseFolder(folder.path);
    const colours = `[...document.querySelectorAll('.photo-cell canvas')].slice(0, 4).map((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size;
    })`;
    await expect.poll(async () => Math.min(...(await page.evaluate<number[]>(colours)))).toBeGreaterThan(100);
  });

  itNeeds(browserPart, 'shows those of one label, or those that failed', async () => {
    const { chooseFolder, says, filter, photos } = await open();
    await chooseFolder(folder.path);
    await says('0 of 30 done');
    await gateway.sealed();
    answerAll(gateway.batch);
    await says('29 of 30 done');
    await filter('Failed 1');
    await expect.poll(() => photos.count()).toBe(1);
    expect(await photos.innerText()).toMatch(/^BAD_IMAGE\s+IMG_2.jpg$/);
    await filter('dog 15');
    await expect.poll(() => photos.count()).toBe(15);
    await filter('All 30');
    await expect.poll(() => photos.first().getAttribute('aria-setsize')).toBe('30');
  });

  itNeeds(browserPart, 'says so when none of those that are shown are left, and marks those that failed', async () => {
    const { chooseFolder, says, filter, page, batch } = await open();
    await chooseFolder(folder.path);
    await gateway.sealed();
    answerThree(gateway.batch);
    await filter('Waiting 27');
    answerAll(gateway.batch);
    await batch.getByText('No photo is here any more.').waitFor();
    await filter('All 30');
    await says('29 of 30 done');
    const outline = `getComputedStyle(document.querySelector('.photo-cell.failed .cell-picture')).outlineStyle`;
    expect(await page.evaluate(outline)).toBe('solid');
  });

  itNeeds(browserPart, 'gives its results as a table, with the paths in the folder', async () => {
    const { chooseFolder, says, page } = await open();
    await chooseFolder(folder.path);
    await gateway.sealed();
    answerThree(gateway.batch);
    await says('2 of 30 done, 1 failed');
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download CSV' }).click();
    const rows = readFileSync(await (await download).path(), 'utf8').split('\r\n');
    expect(rows).toHaveLength(COUNT + 2);
    expect(rows.slice(0, 5)).toEqual([
      '\uFEFFindex,name,status,label,confidence,code,message',
      '0,holiday/IMG_0.jpg,DONE,cat,0.98,,',
      '1,holiday/IMG_1.jpg,DONE,dog,0.75,,',
      `2,holiday/IMG_2.jpg,FAILED,,,BAD_IMAGE,${BAD.message}`,
      '3,holiday/IMG_3.jpg,QUEUED,,,,',
    ]);
  });

  itNeeds(browserPart, 'tells how fast it goes and how long it will take', async () => {
    const { chooseFolder, says } = await open();
    await chooseFolder(folder.path);
    await gateway.sealed();
    answerThree(gateway.batch);
    await says(/photos\/s, \d+ (s|min) left/);
  });

  itNeeds(browserPart, 'leads with the keys to every photo, and tells why one failed', async () => {
    const { chooseFolder, says, page, batch } = await open();
    await chooseFolder(folder.path);
    await gateway.sealed();
    answerThree(gateway.batch);
    await says('1 failed');
    const grid = batch.getByRole('listbox', { name: 'Photos of the batch' });
    await grid.focus();
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
    const details = batch.getByRole('complementary', { name: 'Selected photo' });
    await details.getByText('The file ends in the middle of the picture.').waitFor();
    await page.keyboard.press('End');
    await details.getByText('holiday/IMG_29.jpg').waitFor();
    const active = await grid.getAttribute('aria-activedescendant');
    const chosen = batch.locator(`#${active}`);
    expect(await chosen.getAttribute('aria-selected')).toBe('true');
    expect(await chosen.getAttribute('aria-posinset')).toBe('30');
    const [cell, cover] = await Promise.all([chosen.boundingBox(), details.boundingBox()]);
    expect((cell?.y ?? 0) + (cell?.height ?? 0)).toBeLessThanOrEqual(cover?.y ?? 0);
    await page.keyboard.press('Escape');
    await details.waitFor({ state: 'detached' });
    await page.keyboard.press('Home');
    await details.getByRole('button', { name: 'Hide details' }).press('Enter');
    await page.keyboard.press('ArrowRight');
    await details.getByText('holiday/IMG_0.jpg').waitFor();
  });

  itNeeds(browserPart, 'fits a phone without sideways scrolling', async () => {
    const { chooseFolder, says, page, photos } = await open({ viewport: { width: 360, height: 740 } });
    await chooseFolder(folder.path);
    await gateway.sealed();
    answerAll(gateway.batch);
    await says('29 of 30 done');
    await photos.first().click();
    await page.getByRole('complementary', { name: 'Selected photo' }).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
  });

  itNeeds(browserPart, 'is put away, and found again by going back', async () => {
    const { chooseFolder, says, page, batch } = await open();
    await chooseFolder(folder.path);
    await gateway.sealed();
    answerThree(gateway.batch);
    await says(/^2 of 30 done/);
    await page.getByRole('button', { name: 'Close' }).click();
    await batch.waitFor({ state: 'detached' });
    expect(await page.evaluate('document.activeElement.id')).toBe('photos');
    await page.goBack();
    await says(/^2 of 30 done/);
  });
});
