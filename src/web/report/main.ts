// The script of a report: draws the charts of the data in its page.
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import '../styles/tokens.css';
import './report.css';
import type { Drawing } from './common.ts';
import { frontierChart } from './frontier-chart.ts';
import type { PageData } from './page-data.ts';
import { timeChart } from './time-chart.ts';

const data = JSON.parse(document.querySelector('#data')?.textContent ?? '') as PageData;
const plots = data.charts.map((chart, i) => draw(`#chart-${i}`, timeChart(data, chart)));
if (data.frontier) plots.push(draw('#frontier', frontierChart(data.frontier)));
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  for (const plot of plots) plot.redraw(false);
});

/** As wide as the box is, whatever happens to it. */
function draw(selector: string, [options, series]: Drawing): uPlot {
  const box = document.querySelector(selector) as HTMLElement;
  const plot = new uPlot({ ...options, width: box.clientWidth }, series, box);
  new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: options.height })).observe(box);
  return plot;
}
