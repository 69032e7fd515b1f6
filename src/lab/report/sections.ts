/** The parts of the page, as HTML: the text in them may hold anything. */
import { type ChartGroup, type FrontierChart, runColor } from './charts.ts';
import { formatSignificant } from './format.ts';
import type { Run } from './run.ts';
import { totalsLines } from './table.ts';

export function settingsList(settings: readonly (readonly [label: string, value: string])[]): string {
  if (settings.length === 0) return '';
  const escaped = settings.map((setting) => setting.map(escapeHtml));
  const entries = escaped.map(([label, value]) => `<div><dt>${label}</dt><dd>${value}</dd></div>`);
  return `<dl class="card settings">\n${entries.join('\n')}\n</dl>`;
}

export function totalsTable(runs: readonly Run[]): string {
  if (runs.length === 0) return '';
  const names = runs.map(
    ({ name }, i) => `<span class="run" style="--color: var(${runColor(i).color})">${escapeHtml(name)}</span>`,
  );
  const lines = totalsLines(runs).map(([label, ...cells]) => [escapeHtml(label), ...cells]);
  return `<h2>Totals</h2>\n${dataTable('Totals', ['Figure', ...names], lines)}`;
}

/** The chart, and its points as text. */
export function frontierSection({ title, xLabel, yLabel, frontiers }: FrontierChart): string {
  const heads = ['Name', 'Point', xLabel, yLabel].map(escapeHtml);
  const lines = frontiers.flatMap(({ name, points }) =>
    points.map(({ label, x, y }) => [...[name, label].map(escapeHtml), ...[x, y].map(formatSignificant)]),
  );
  return `<h2>${escapeHtml(title)}</h2>
<figure class="card"><div id="frontier"></div></figure>
<details><summary>The points</summary>
${dataTable('The points', heads, lines)}
</details>`;
}

export function chartSections(groups: readonly ChartGroup[]): string {
  if (groups.length === 0) return '';
  let number = 0;
  const sections = groups.map(({ title, charts }) => {
    const figures = charts.map(({ title, stacked }) => {
      const caption = `<figcaption><h3>${escapeHtml(title)}</h3></figcaption>`;
      return `<figure class="card${stacked ? ' stacked' : ''}">${caption}<div id="chart-${number++}"></div></figure>`;
    });
    const arrangement = charts.some(({ stacked }) => stacked) ? 'charts' : 'charts first-wide';
    return `<section>\n<h2>${title}</h2>\n<div class="${arrangement}">\n${figures.join('\n')}\n</div>\n</section>`;
  });
  const hint = 'Drag across a chart to zoom in, double-click it to see everything; click a name to hide its line.';
  return `${sections.join('\n')}\n<p class="hint">${hint}</p>`;
}

/** Heads and lines are HTML. The first column names its line. Wider than its page, the table is scrolled, by keys too. */
function dataTable(name: string, heads: readonly string[], lines: readonly (readonly string[])[]): string {
  const head = heads.map((cell) => `<th scope="col">${cell}</th>`).join('');
  const body = lines.map(([name, ...cells]) => {
    return `<tr><th scope="row">${name}</th>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  });
  return `<div class="card table" role="region" aria-label="${name}" tabindex="0">
<table>
<thead><tr>${head}</tr></thead>
<tbody>
${body.join('\n')}
</tbody>
</table>
</div>`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** For text and for attributes in quotes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** For a script element of JSON: no text of it can end the element. */
export function jsonScript(id: string, value: unknown): string {
  const json = JSON.stringify(value).replaceAll('<', '\\u003c');
  return `<script type="application/json" id="${id}">${json}</script>`;
}
