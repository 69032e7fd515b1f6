/** The style sheet of the page. Colours of runs and of workers differ in lightness too, for those who see hues otherwise. */

export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f3f5f6;
  --surface: #ffffff;
  --ink: #11181c;
  --muted: #55616a;
  --line: #d8dfe3;
  --run-1: #0067a5;
  --run-2: #d4500c;
  --run-3: #00805f;
  --run-4: #9b3f80;
  --run-5: #11181c;
  --run-6: #8a6d00;
  --reserved-busy: #0a5f57;
  --reserved-idle: #8fcfc6;
  --on-demand-busy: #b45f06;
  --on-demand-idle: #f3c88b;
  --starting: #7c6fae;
}

@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0d1215;
    --surface: #161d21;
    --ink: #e9eef1;
    --muted: #9dabb4;
    --line: #2b363c;
    --run-1: #5db3ee;
    --run-2: #ff8f4d;
    --run-3: #35c79b;
    --run-4: #e08bc4;
    --run-5: #e9eef1;
    --run-6: #dcc24a;
    --reserved-busy: #45c4b5;
    --reserved-idle: #1f5a54;
    --on-demand-busy: #f0a850;
    --on-demand-idle: #7a5320;
    --starting: #a99be0;
  }
}

*, *::before, *::after { box-sizing: border-box; }

body {
  max-width: 80rem;
  margin: 0 auto;
  padding: 1.5rem clamp(0.75rem, 3vw, 2rem) 3rem;
  background: var(--ground);
  color: var(--ink);
  font: 0.9375rem / 1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  -webkit-text-size-adjust: 100%;
}

h1, h2, h3, p, dl, dd, figure { margin: 0; }
h1 { font-size: 1.5rem; line-height: 1.25; letter-spacing: -0.02em; overflow-wrap: anywhere; }
h2 { margin: 2rem 0 0.75rem; font-size: 1.125rem; }
h3 { font-size: 0.9375rem; font-weight: 600; overflow-wrap: anywhere; }
.hint { color: var(--muted); font-size: 0.875rem; }
main > .hint, details { margin-top: 1rem; }
summary { cursor: pointer; }
details .card { margin-top: 0.5rem; }
.card { padding: 0.9rem 1rem; border: 1px solid var(--line); border-radius: 10px; background: var(--surface); }

.settings { display: flex; flex-wrap: wrap; gap: 0.75rem 2rem; margin-top: 1.25rem; }
.settings dt { color: var(--muted); font-size: 0.8125rem; }
.settings dd { overflow-wrap: anywhere; }

.table { width: fit-content; max-width: 100%; overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
.table th, .table td { padding: 0.25rem 0 0.25rem 2rem; text-align: right; white-space: nowrap; }
.table th:first-child { padding-left: 0; text-align: left; font-weight: 400; color: var(--muted); }
.table tbody tr { border-top: 1px solid var(--line); }
.run::before {
  content: "";
  display: inline-block;
  width: 0.65em;
  height: 0.65em;
  margin-right: 0.45em;
  border-radius: 2px;
  background: var(--color);
}

.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 28rem), 1fr)); gap: 1rem; }
.charts > * { min-width: 0; }
.charts.first-wide > :first-child:nth-last-child(odd) { grid-column: 1 / -1; }
figcaption + div { margin-top: 0.5rem; }

.u-legend { margin: 0.25rem 0 0; text-align: left; font-size: 0.8125rem; }
.u-legend.u-inline tr { margin-right: 1rem; }
.u-legend th { font-weight: 400; }
.u-legend.u-inline.u-live th::after { content: none; }
.u-legend .u-marker { width: 0.8em; height: 0.8em; }
/* The time has no colour of its own. */
.u-legend .u-series:first-child .u-marker { display: none; }
.u-legend .u-value { min-width: 3.5em; font-weight: 600; }
.stacked .u-series th { cursor: default; pointer-events: none; }
.u-hz .u-cursor-x { border-right-color: var(--muted); }
.u-select { background: color-mix(in srgb, var(--ink) 12%, transparent); }
`;
