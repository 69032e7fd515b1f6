// Facts about 10,000 photos on the page: it goes on answering the visitor, and holds only what can be seen.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { browserPart, launchBrowser } from '../../support/browser.ts';
import { type PhotoFolder, photoFolder } from '../../support/photo-folder.ts';
import { itNeeds } from '../../support/require-part.ts';
import { FakeGateway } from './fake-gateway.ts';
import { openPage } from './open-page.ts';

const COUNT = 10_000;
/** Generous, for machines that are busy: what this guards against stands still for many seconds. */
const LONGEST_TASK_MS = 1000;
const MOST_CELLS = 150;
const TIMEOUT_MS = 120_000;

/** Collects long tasks and the number of cells from the moment on that the files have been chosen. */
const WATCH = `
  window.tasks = [];
  window.mostCells = 0;
  let chosenAt = Infinity;
  document.addEventListener('change', () => (chosenAt = Math.min(chosenAt, performance.now())), true);
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) if (startTime > chosenAt) window.tasks.push(duration);
  }).observe({ type: 'longtask' });
  requestAnimationFrame(function count() {
    window.mostCells = Math.max(window.mostCells, document.querySelectorAll('.photo-cell').length);
    requestAnimationFrame(count);
  });
`;

interface Watched {
  readonly tasks: readonly number[];
  readonly mostCells: number;
}

describe('a batch of 10,000 photos on the page', () => {
  let browser: Browser;
  let folder: PhotoFolder;
  let gateway: FakeGateway;
  beforeAll(async () => {
    if (!browserPart.available) return;
    folder = photoFolder(COUNT, { areSmall: true });
    gateway = await FakeGateway.start();
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await gateway?.close();
    folder?.remove();
  });

  async function watched(page: Page, what: string): Promise<Watched> {
    const { tasks, mostCells } = await page.evaluate<Watched>('({ tasks: window.tasks.splice(0), mostCells })');
    const longest = Math.round(Math.max(0, ...tasks));
    process.stderr.write(
      `${what}: ${tasks.length} long tasks, the longest ${longest} ms; ${mostCells} cells at most\n`,
    );
    return { tasks, mostCells };
  }

  itNeeds(
    browserPart,
    'lets the page answer at all times, has few of them in the document, and loses none by a reload',
    async () => {
      gateway.onArrival = (batch, index) => batch.finish(index, { label: index % 2 ? 'dog' : 'cat', confidence: 0.9 });
      const { page, chooseFolder, says, photo, filter, complaints } = await openPage(browser, gateway);
      page.setDefaultTimeout(TIMEOUT_MS / 2);
      await page.evaluate(WATCH);
      await chooseFolder(folder.path);
      await says(/^10,000 of 10,000 done$/);
      const whileSent = await watched(page, 'sending and classifying 10,000 photos');

      for (let part = 1; part <= 20; part++) {
        await page.evaluate(`window.scrollTo(0, (document.body.scrollHeight * ${part}) / 20)`);
        await page.evaluate('new Promise(requestAnimationFrame)');
      }
      await photo('dog 0.90', 'IMG_9999.jpg').waitFor();
      await filter('cat 5,000');
      await photo('cat 0.90', 'IMG_0.jpg').waitFor();
      const whileScrolled = await watched(page, 'scrolling through them');

      for (const { tasks, mostCells } of [whileSent, whileScrolled]) {
        expect(Math.max(0, ...tasks)).toBeLessThan(LONGEST_TASK_MS);
        expect(mostCells).toBeLessThan(MOST_CELLS);
      }
      await page.reload();
      await says(/^10,000 of 10,000 done$/);
      expect(complaints).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
