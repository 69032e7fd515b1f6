/** `warmpool loadtest`: a running gateway, or policies one after the other, under load over real HTTP. */
import { writeFile } from 'node:fs/promises';
import type { LoadRun } from '../lab/loadtest/load-run.ts';
import { type LoadTest, testGateway, testPolicy } from '../lab/loadtest/load-test.ts';
import { LOADTEST_SETTINGS } from '../lab/loadtest/settings.ts';
import { readUploads } from '../lab/loadtest/uploads.ts';
import { formatNumber } from '../lab/report/format.ts';
import { renderPage } from '../lab/report/page.ts';
import type { Run } from '../lab/report/run.ts';
import { table, toJson } from '../lab/report/table.ts';
import { workloadOf } from '../lab/sim/experiment.ts';
import { ConfigError, type Values } from '../settings/setting.ts';
import { Display, type Step } from './display.ts';
import type { Io } from './io.ts';
import { type Given, type Output, requireWritable, shown } from './output.ts';
import { untilSignal } from './until-signal.ts';

type LoadTestValues = Values<typeof LOADTEST_SETTINGS>;

/** Flags of serve that --compare gives its gateways itself. */
const COMPARE_SETS = ['--admin-token', '--port', '--policy'];

/** `serveFlags` are for the gateways that `compare` starts. */
export async function loadtest(
  values: LoadTestValues,
  given: Given,
  serveFlags: readonly string[],
  output: Output,
  { stdout, stderr }: Io,
): Promise<void> {
  refuseContradictions(values, given, serveFlags);
  const { image, model, deadline: deadlineMs, timeout, maxOutstanding } = values;
  const request = { model, deadlineMs };
  const workload = await workloadOf(values);
  const uploads = await readUploads(image, request);
  if (output.html !== undefined) await requireWritable(output.html);
  const { signal, release } = untilSignal('The figures are of the time until then.');
  const display = new Display(stderr, !stderr.isTTY);
  const onRun = (run: LoadRun) => display.watch(() => stepOf(run));
  const test = { workload, uploads, request, timeLimitMs: timeout * 1000, maxOutstanding, signal, onRun };
  const runs: Run[] = [];
  try {
    for await (const run of runsOf(test, values, serveFlags)) runs.push(run);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    release();
    // What was measured before a later run failed took long enough to be told.
    if (runs.length > 0) await report(runs, workload.name, settingsOf(values, given, serveFlags), output, stdout);
  }
}

async function* runsOf(test: LoadTest, values: LoadTestValues, serveFlags: readonly string[]): AsyncGenerator<Run> {
  const { compare, url, adminToken } = values;
  if (compare === null) yield await testGateway(test, { url, adminToken }, url.host);
  else for (const policy of compare) yield await testPolicy(test, policy, serveFlags);
}

function stepOf({ progress: { name, done, answers, errors } }: LoadRun): Step {
  return { name, done, total: 1, text: `${formatNumber(answers, 0)} answers, ${formatNumber(errors, 0)} errors` };
}

/** Its messages name the flags that hold secrets, and never quote them. */
function refuseContradictions({ compare, url }: LoadTestValues, given: Given, serveFlags: readonly string[]): void {
  if (url.username !== '' || url.password !== '') {
    throw new ConfigError('--url holds a user name or a password, which no gateway asks for: leave them out');
  }
  const [serveFlag] = serveFlags;
  if (compare === null && serveFlag !== undefined) {
    throw new ConfigError(
      `${JSON.stringify(serveFlag)} is for a gateway that --compare starts; the one at --url has its flags already`,
    );
  }
  const ofRunning = ['url', 'adminToken'].find((name) => given[name] !== undefined);
  if (compare !== null && ofRunning) {
    const [flag, value] = ofRunning === 'url' ? ['--url', ` ${JSON.stringify(given.url)}`] : ['--admin-token', ''];
    throw new ConfigError(
      `${flag}${value} is for a gateway that runs; --compare starts its own; leave one of them out`,
    );
  }
  const set = serveFlags.map((flag) => flag.replace(/=.*/s, '')).find((flag) => COMPARE_SETS.includes(flag));
  if (set !== undefined) {
    throw new ConfigError(
      `${set} after -- is not for you to set: --compare gives its gateways their own; leave it out`,
    );
  }
}

async function report(
  runs: readonly Run[],
  workload: string,
  settings: readonly (readonly [string, string])[],
  { json, html }: Output,
  stdout: Io['stdout'],
): Promise<void> {
  stdout.write(json ? `${JSON.stringify(toJson(runs))}\n` : table(runs));
  if (html === undefined) return;
  const subtitle = `${workload}: ${runs.map(({ name }) => name).join(' beside ')}`;
  await writeFile(html, renderPage({ title: 'Load test', subtitle, settings, runs }));
}

function settingsOf({ compare }: LoadTestValues, given: Given, serveFlags: readonly string[]): [string, string][] {
  const { adminToken, url, ...settings } = LOADTEST_SETTINGS;
  if (compare === null) return [...shown({ url, ...settings }, given)];
  return [...shown(settings, given), ['flags of serve', serveFlags.join(' ') || 'none']];
}
