import { describe, expect, it } from 'vitest';
import { type Page, renderPage } from '../../../src/lab/report/page.ts';
import type { PageData } from '../../../src/web/report/page-data.ts';
import { aRun, aRunWithSpikes } from './runs.ts';

const page: Page = {
  title: 'spill against target-wait',
  subtitle: 'Simulated',
  settings: [['cold start', '10,000 ms']],
  runs: [aRunWithSpikes('spill', 10_000), aRunWithSpikes('target-wait', 200)],
};

const FRONTIER: NonNullable<Page['frontier']> = {
  title: 'What a shorter wait costs',
  xLabel: 'worker-seconds',
  yLabel: 'p99, ms',
  frontiers: [
    {
      name: 'target-wait',
      points: [
        { x: 14_000, y: 297, label: '1×' },
        { x: 7_000, y: 1_130, label: '4×' },
        { x: 500, y: Number.NaN, label: 'none answered' },
      ],
    },
  ],
};

function dataOf(html: string): PageData {
  const json = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html)?.[1];
  return JSON.parse(json ?? '') as PageData;
}

describe('the page of runs', () => {
  it('is the same bytes for the same input', () => {
    expect(renderPage({ ...page, frontier: FRONTIER })).toBe(renderPage({ ...page, frontier: FRONTIER }));
  });

  it('loads nothing: neither by its markup nor by its styles', () => {
    const html = renderPage({ ...page, frontier: FRONTIER });
    const addresses = [...html.matchAll(/<[a-z][^>]*?\s(?:src|href|srcset|action|data)\s*=\s*["']?([^"'\s>]*)/g)];
    expect(addresses.map(([, address]) => address)).toEqual(['data:,']);
    expect(html).not.toMatch(/url\(|@import|\bimport\s*\(|\bfetch\s*\(|XMLHttpRequest/);
    expect(html).toContain(`content="default-src 'none';`);
  });

  it('has the settings and the totals as text', () => {
    const html = renderPage(page);
    expect(html).toContain('<dt>cold start</dt><dd>10,000 ms</dd>');
    expect(html).toContain('<th scope="row">max ms</th><td>10,000</td><td>200</td>');
    expect(html).toContain('<th scope="row">cold starts</th><td>5</td><td>5</td>');
  });

  it('has a place for every chart, and the values with three digits after the point', () => {
    const html = renderPage({ ...page, runs: [aRun('third', { answers: [[1, 100 / 3]] })] });
    const { charts, times } = dataOf(html);
    for (const number of charts.keys()) expect(html).toContain(`<div id="chart-${number}"></div>`);
    expect(times).toEqual([[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]);
    expect(charts[0]?.series[0]?.values).toEqual([33.333, ...Array(9).fill(null)]);
  });

  it('shows text of any kind as text', () => {
    const hostile = `</script><script>alert("1")</script><img src=x onerror='alert(2)'> & <!--`;
    const html = renderPage({
      title: hostile,
      subtitle: hostile,
      settings: [[hostile, hostile]],
      runs: [aRun(hostile, { figures: [{ key: 'x', label: hostile, value: 1, digits: 0 }] })],
      frontier: {
        ...FRONTIER,
        title: hostile,
        frontiers: [{ name: hostile, points: [{ x: 1, y: 1, label: hostile }] }],
      },
    });
    expect(html).not.toMatch(/<script>alert|<img/);
    expect(html.match(/<\/script>/g)).toHaveLength(2);
    expect(dataOf(html).charts[0]?.series[0]?.label).toBe(hostile);
    expect(html).toContain('<title>&lt;/script&gt;&lt;script&gt;alert(&quot;1&quot;)');
  });

  it('has neither totals nor charts over time without runs', () => {
    const html = renderPage({ ...page, runs: [], frontier: FRONTIER });
    expect(html).not.toContain('Totals');
    expect(dataOf(html).charts).toEqual([]);
  });

  it('draws the points of a frontier in order, those without a figure only as text', () => {
    const html = renderPage({ ...page, runs: [], frontier: FRONTIER });
    const { frontier } = dataOf(html);
    expect(frontier?.frontiers[0]?.points.map(({ label }) => label)).toEqual(['4×', '1×']);
    expect(frontier?.y.range).toEqual([200, 2_000]);
    expect(html).toContain('<th scope="row">target-wait</th><td>none answered</td><td>500</td><td>–</td>');
  });
});
