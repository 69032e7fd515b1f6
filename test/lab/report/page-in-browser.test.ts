import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page as Tab } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { type Page, renderPage } from '../../../src/lab/report/page.ts';
import { itNeeds, type Part } from '../../support/require-part.ts';
import { aRunWithSpikes } from './runs.ts';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const browserPart: Part = {
  name: 'Chromium',
  available: existsSync(executablePath),
  howToGet: 'install the package `chromium`, or set CHROMIUM to its path',
};
const FLAGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];

const hostile = `</script><img src=x onerror="throw new Error('it ran')">`;
const page: Page = {
  title: hostile,
  subtitle: 'Simulated',
  settings: [['cold start', '10,000 ms']],
  runs: [aRunWithSpikes('spill', 10_000), aRunWithSpikes('target-wait', 200)],
  frontier: {
    title: 'What a shorter wait costs',
    xLabel: 'worker-seconds',
    yLabel: 'p99, ms',
    frontiers: [1, 2].map((n) => ({
      name: `policy ${n}`,
      points: [1, 2, 4].map((target) => ({ x: (n * 9_000) / target, y: 200 * target, label: `${target}×` })),
    })),
  },
};
const CHARTS_OVER_TIME = 11;

/** How many different colours a chart's canvas shows. */
const COLORS_OF_EACH_CANVAS = `[...document.querySelectorAll('canvas')].map((canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return new Set(new Uint32Array(data.buffer)).size;
})`;

describe('the page of runs in a browser', () => {
  let browser: Browser;
  const folder = mkdtempSync(join(tmpdir(), 'warmpool-report-'));
  const file = join(folder, 'report.html');
  beforeAll(async () => {
    writeFileSync(file, renderPage(page));
    if (browserPart.available) browser = await chromium.launch({ executablePath, args: FLAGS });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  /** The page from its file, what it complained about and what it asked for. */
  async function open(width: number, colorScheme: 'light' | 'dark' = 'light') {
    const tab: Tab = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
    const complaints: string[] = [];
    const requests: string[] = [];
    tab.on('pageerror', (error) => complaints.push(error.message));
    tab.on('console', (message) => complaints.push(message.text()));
    tab.on('request', (request) => requests.push(request.url()));
    await tab.goto(pathToFileURL(file).href);
    return { tab, complaints, requests };
  }

  itNeeds(browserPart, 'draws every chart, loads nothing and complains of nothing', async () => {
    const { tab, complaints, requests } = await open(1_280);
    const colors = await tab.evaluate<number[]>(COLORS_OF_EACH_CANVAS);
    expect(colors).toHaveLength(CHARTS_OVER_TIME + 1);
    for (const count of colors) expect(count).toBeGreaterThan(3);
    expect(requests.filter((url) => !url.startsWith('data:'))).toEqual([pathToFileURL(file).href]);
    expect(await tab.title()).toBe(hostile);
    expect(await tab.locator('h1').innerText()).toBe(hostile);
    expect(complaints).toEqual([]);
  });

  itNeeds(browserPart, 'shows the values under the cursor in all charts over time', async () => {
    const { tab } = await open(1_280);
    // In the first interval of a spike.
    const first = tab.locator('#chart-0 .u-over');
    const { width } = (await first.boundingBox()) ?? { width: 0 };
    await first.hover({ position: { x: Math.round((width * 244) / 1_200), y: 20 } });
    const legend = (chart: number) => tab.locator(`#chart-${chart} .u-value`).allInnerTexts();
    await expect.poll(() => legend(0)).toEqual(['4:04', '10,000', '200']);
    for (let chart = 1; chart < CHARTS_OVER_TIME; chart++) expect((await legend(chart))[0]).toBe('4:04');
  });

  itNeeds(browserPart, 'names the point of a frontier that is under the cursor', async () => {
    const { tab } = await open(1_280);
    const plot = tab.locator('#frontier .u-over');
    const { width } = (await plot.boundingBox()) ?? { width: 0 };
    await plot.hover({ position: { x: width - 5, y: 20 } });
    await expect.poll(() => tab.locator('#frontier .u-value').allInnerTexts()).toEqual(['18,000', '', '1× · 200']);
  });

  itNeeds(browserPart, 'draws in other colours as soon as the scheme is dark', async () => {
    const { tab } = await open(1_280);
    const picture = () => tab.evaluate<string>(`document.querySelector('canvas').toDataURL()`);
    const light = await picture();
    await tab.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(picture).not.toBe(light);
  });

  itNeeds(browserPart, 'fits a phone without sideways scrolling, and follows the width', async () => {
    const { tab, complaints } = await open(360, 'dark');
    expect(await tab.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await tab.setViewportSize({ width: 700, height: 800 });
    const chartWidth = () => tab.evaluate<number>(`document.querySelector('canvas').clientWidth`);
    await expect.poll(chartWidth).toBeGreaterThan(500);
    expect(complaints).toEqual([]);
  });
});
