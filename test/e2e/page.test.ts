import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { browserPart, launchBrowser } from '../support/browser.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { itNeeds } from '../support/require-part.ts';

describe('the page', () => {
  let gateway: GatewayProcess;
  let browser: Browser;
  beforeAll(async () => {
    if (!browserPart.available) return;
    gateway = await startGateway();
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await gateway?.stop();
  });

  // What is open goes on asking for the state of the pool.
  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close();
  });

  /** A fresh page, and what it complained about. */
  async function open(viewport = { width: 1280, height: 800 }): Promise<{ page: Page; complaints: string[] }> {
    const page = await browser.newPage({ viewport });
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(`${gateway.url}/`);
    return { page, complaints };
  }

  itNeeds(browserPart, 'shows the label and the receipt of a photo that is picked', async () => {
    const { page, complaints } = await open();
    await page.getByLabel('Choose photos').setInputFiles('test/fixtures/photos/cat-kitten.jpg');
    const card = page.getByRole('article', { name: 'cat-kitten.jpg' });
    await card.getByText('cat 0.99').waitFor();
    expect(await card.locator('summary').innerText()).toMatch(/^reserved worker · [\d.]+ ms/);
    expect(await card.getByRole('list', { name: 'Scores' }).getByRole('listitem').count()).toBe(3);
    expect(complaints).toEqual([]);
  });

  itNeeds(
    browserPart,
    'takes several photos at once, and shows a bad file with its code among the good ones',
    async () => {
      const { page } = await open();
      const files = ['dog-black.jpg', 'CREDITS.md', 'other-rocket.jpg'].map((name) => `test/fixtures/photos/${name}`);
      await page.getByLabel('Choose photos').setInputFiles(files);
      await page
        .getByRole('article', { name: 'dog-black.jpg' })
        .getByText(/^dog 0\.\d\d$/)
        .waitFor();
      await page
        .getByRole('article', { name: 'other-rocket.jpg' })
        .getByText(/^other 0\.\d\d$/)
        .waitFor();
      await page.getByRole('article', { name: 'CREDITS.md' }).getByText('UNSUPPORTED_FORMAT').waitFor();
    },
  );

  itNeeds(browserPart, 'classifies a sample at one click', async () => {
    const { page } = await open();
    await page.getByRole('region', { name: 'Sample photos' }).getByRole('button', { name: 'Cat' }).click();
    await page
      .getByRole('article', { name: 'cat-chelsea.jpg' })
      .getByText(/^cat 0\.\d\d$/)
      .waitFor();
  });

  itNeeds(browserPart, 'shows the pool, live', async () => {
    const { page } = await open();
    await page
      .getByRole('region', { name: 'Worker pool' })
      .getByText(/\d+ reserved, \d+ busy/)
      .waitFor();
  });

  itNeeds(browserPart, 'fits a phone without sideways scrolling', async () => {
    const { page } = await open({ width: 360, height: 740 });
    await page.getByLabel('Choose photos').setInputFiles('test/fixtures/photos/cat-window.jpg');
    await page
      .getByRole('article', { name: 'cat-window.jpg' })
      .getByText(/^cat 0\.\d\d$/)
      .waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
  });
});
