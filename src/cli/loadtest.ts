/** `warmpool loadtest`: a running gateway, or policies one after the other, under load over real HTTP. */
import type { LoadRun } from '../lab/loadtest/load-run.ts';
import { type LoadTest, testGateway, testPolicy } from '../lab/loadtest/load-test.ts';
import { LOADTEST_SETTINGS, refuseCredentials } from '../lab/loadtest/settings.ts';
import { readUploads } from '../lab/loadtest/uploads.ts';
import { formatNumber } from '../lab/report/format.ts';
import type { Run } from '../lab/report/run.ts';
import { table, toJson } from '../lab/report/table.ts';
import { workloadOf } from '../lab/sim/experiment.ts';
import { ConfigError } from '../settings/setting.ts';
import { Display, type Step } from './display.ts';
import type { Io } from './io.ts';
import { type Asked, report, requireWritable, shown } from './output.ts';
import { untilSignal } from './until-signal.ts';

export interface LoadTestAsked extends Asked<typeof LOADTEST_SETTINGS> {
  /** For the gateways that `compare` starts. */
  readonly serveFlags: readonly string[];
}

/** Flags of serve that --compare gives its gateways itself. */
const COMPARE_SETS = ['--admin-token', '--port', '--policy'];

export async function loadtest(asked: LoadTestAsked, { stdout, stderr }: Io): Promise<void> {
  refuseContradictions(asked);
  const { values, json, html } = asked;
  const { image, model, deadline: deadlineMs, timeout, maxOutstanding } = values;
  const request = { model, deadlineMs };
  const workload = await workloadOf(values);
  const uploads = await readUploads(image, request);
  await requireWritable(html);
  const { signal, release } = untilSignal('The figures are of the time until then.');
  const display = new Display(stderr, !stderr.isTTY);
  const onRun = (run: LoadRun) => display.watch(() => stepOf(run));
  const test = { workload, uploads, request, timeLimitMs: timeout * 1000, maxOutstanding, signal, onRun };
  const runs: Run[] = [];
  try {
    for await (const run of runsOf(test, asked)) runs.push(run);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    release();
    // What was measured before a later run failed took long enough to be told.
    if (runs.length > 0) {
      const subtitle = `${workload.name}: ${runs.map(({ name }) => name).join(' beside ')}`;
      const page = { title: 'Load test', subtitle, settings: settingsOf(asked), runs };
      await report(json ? toJson(runs) : table(runs), html, page, stdout);
    }
  }
}

async function* runsOf(test: LoadTest, { values, serveFlags }: LoadTestAsked): AsyncGenerator<Run> {
  const { compare, url, adminToken } = values;
  if (compare === null) yield await testGateway(test, { url, adminToken }, url.host);
  else for (const policy of compare) yield await testPolicy(test, policy, serveFlags);
}

function stepOf({ progress: { name, done, answers, errors } }: LoadRun): Step {
  return { name, done, total: 1, text: `${formatNumber(answers, 0)} answers, ${formatNumber(errors, 0)} errors` };
}

/** Its messages name the flags that hold secrets, and never quote them. */
function refuseContradictions({ values: { compare, url }, given, serveFlags }: LoadTestAsked): void {
  refuseCredentials(url);
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

function settingsOf({ values: { compare }, given, serveFlags }: LoadTestAsked): [string, string][] {
  const { adminToken, url, ...settings } = LOADTEST_SETTINGS;
  if (compare === null) return [...shown({ url, ...settings }, given)];
  return [...shown(settings, given), ['flags of serve', serveFlags.join(' ') || 'none']];
}
