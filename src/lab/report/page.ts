/**
 * Runs as a report to look at: one HTML file that needs nothing else, neither a server nor a network. The same input
 * gives the same bytes.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { PageData } from '../../web/report/page-data.ts';
import { chartGroups, type FrontierChart, frontierData, sampleEnds } from './charts.ts';
import type { Run } from './run.ts';
import { chartSections, escapeHtml, frontierSection, jsonScript, settingsList, totalsTable } from './sections.ts';

export interface Page {
  readonly title: string;
  readonly subtitle: string;
  readonly settings: readonly (readonly [label: string, value: string])[];
  /** Compared in tables and charts; without any, there are none. */
  readonly runs: readonly Run[];
  readonly frontier?: FrontierChart;
}

/** No file from elsewhere could be loaded even if the page asked for one. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

export function renderPage({ title, subtitle, settings, runs, frontier }: Page): string {
  const groups = chartGroups(runs);
  const data: PageData = {
    times: runs.map(sampleEnds),
    charts: groups.flatMap(({ charts }) => charts),
    frontier: frontier ? frontierData(frontier) : null,
  };
  const { resolve } = createRequire(import.meta.url);
  const built = (file: string) => readFileSync(resolve(`#dist/report/${file}`), 'utf8');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
<style>${built('report.css')}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
<p class="hint">${escapeHtml(subtitle)}</p>
${settingsList(settings)}
</header>
<main>
${frontier ? frontierSection(frontier) : ''}
${totalsTable(runs)}
${chartSections(groups)}
</main>
${jsonScript('data', data)}
<script>${built('report.js')}</script>
</body>
</html>
`;
}
