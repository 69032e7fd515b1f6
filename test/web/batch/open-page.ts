/** The page in a browser over a fake gateway. */
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import type { FakeGateway } from './fake-gateway.ts';

interface OpenPage {
  readonly page: Page;
  readonly batch: Locator;
  /** The photos that are in the document. */
  readonly photos: Locator;
  /** What the page complained about. */
  readonly complaints: string[];
  chooseFolder(path: string): Promise<void>;
  /** Resolves once the page says so of the batch. */
  says(words: string | RegExp): Promise<void>;
  /** A photo, by what is said of it and its name. */
  photo(verdict: string, name: string): Locator;
  /** Shows those only. */
  filter(group: string): Promise<void>;
}

/** Shorter than that of a test, so that it tells what was waited for. */
const LONGEST_WAIT_MS = 25_000;

export async function openPage(browser: Browser, gateway: FakeGateway, options: BrowserContextOptions = {}) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ...options });
  page.setDefaultTimeout(LONGEST_WAIT_MS);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  await page.goto(`${gateway.url}/`);
  const batch = page.getByRole('region', { name: 'Batch' });
  const opened: OpenPage = {
    page,
    batch,
    photos: batch.getByRole('option'),
    complaints,
    chooseFolder: (path) => page.getByLabel('Choose a folder').setInputFiles(path),
    says: (words) => batch.locator('.batch-figures').filter({ hasText: words }).waitFor(),
    photo: (verdict, name) => batch.getByRole('option', { name: `${verdict} ${name}` }),
    filter: (group) => batch.locator('.chip', { hasText: group }).click(),
  };
  return opened;
}
