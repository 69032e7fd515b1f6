/** `warmpool plan`: what each policy and each number of reserved workers would cost and achieve, and which to take. */
import { paretoFrontier, recommend } from '../lab/cost/frontier.ts';
import { type Bill, breakEvenShare, mixedPool, type Prices, perMonth } from '../lab/cost/monthly.ts';
import { REFERENCE_PRICES, referenceTable } from '../lab/cost/reference.ts';
import { formatNumber, formatSignificant, roundForJson } from '../lab/report/format.ts';
import type { Run } from '../lab/report/run.ts';
import { alignColumns } from '../lab/report/table.ts';
import { runSubject, workloadOf } from '../lab/sim/experiment.ts';
import { PLAN_SETTINGS } from '../lab/sim/plan-settings.ts';
import { type Candidate, candidates } from '../lab/sim/sweep.ts';
import { WorkloadError } from '../lab/workload/workload.ts';
import { POLICY_NAMES } from '../settings/policies.ts';
import type { Values } from '../settings/setting.ts';
import { Display } from './display.ts';
import type { Io } from './io.ts';
import { type Asked, report, requireWritable, shown } from './output.ts';

type PlanValues = Values<typeof PLAN_SETTINGS>;

interface Plan {
  readonly candidate: Candidate;
  readonly run: Run;
  readonly workerSeconds: number;
  /** Per month. */
  readonly bill: Bill;
}

const p99Ms = ({ run }: Plan) => run.totals.p99Ms;
const BY_COST = { cost: ({ bill }: Plan) => bill.total, p99Ms };
const BY_WORKER_SECONDS = { cost: ({ workerSeconds }: Plan) => workerSeconds, p99Ms };

export async function plan(asked: Asked<typeof PLAN_SETTINGS>, { stdout, stderr }: Io): Promise<void> {
  const { values, given, json, html } = asked;
  const prices = pricesOf(values);
  await requireWritable(html);
  const plans = await sweep(values, prices, stderr);
  // To refuse requests is no way to be fast.
  const answering = plans.filter(({ run }) => run.totals.errors === 0);
  const frontier = distinct(paretoFrontier(answering, BY_COST));
  const best = recommend(answering, BY_COST, values.slo);
  const { currency } = prices;
  const brief = (one: Plan) => ({ flags: one.candidate.name, policy: one.candidate.policy, ...figures(one) });
  const asJson = { currency, recommended: best && brief(best), frontier: frontier.map(brief), all: plans.map(brief) };
  const found = answering.length === 0 ? ALL_REFUSE : advice(best, values.slo, prices);
  const tables = [planTable('on the frontier', frontier, currency), policyTable(answering, values.slo, currency)];
  const asText = `${tables.join('\n')}\n${found}\n${breakEven(prices)}\n`;
  const subtitle = `${values.workload}: ${plans.length} configurations, cost against p99`;
  const page = { title: 'Plan', subtitle, settings: shown(PLAN_SETTINGS, given), runs: [] };
  const frontierChart = chart(answering, values.slo);
  await report(json ? `${JSON.stringify(asJson)}\n` : asText, html, { ...page, frontier: frontierChart }, stdout);
}

/** The table of the reference article, and when a reserved unit pays at its prices. */
export function printReference(json: boolean, { stdout }: Io): void {
  if (json) {
    const { currency } = REFERENCE_PRICES;
    const answer = { currency, table: referenceTable(), breakEvenShare: breakEvenShare(REFERENCE_PRICES) };
    stdout.write(`${JSON.stringify(answer)}\n`);
    return;
  }
  const lines = referenceTable().map(({ label, bill: { items, total } }) => [
    label,
    items.map(({ cost }) => cost.toFixed(2)).join(' + '),
    total.toFixed(2),
  ]);
  const unit = `${REFERENCE_PRICES.currency} a month`;
  stdout.write(`${alignColumns([['', 'parts', unit], ...lines])}\n${breakEven(REFERENCE_PRICES)}\n`);
}

async function sweep(values: PlanValues, prices: Prices, stderr: Io['stderr']): Promise<readonly Plan[]> {
  const workload = await workloadOf(values);
  if (workload.durationMs === 0) {
    throw new WorkloadError(`${workload.name} has all its arrivals at one time: how it goes on is not known`);
  }
  const all = candidates(values.maxWorkers, values.service);
  const display = new Display(stderr, !stderr.isTTY);
  if (!stderr.isTTY) stderr.write(`Simulating ${all.length} configurations\n`);
  const plans = all.map((candidate, done): Plan => {
    display.show({ name: 'Simulating', done, total: all.length, text: `${done} of ${all.length} configurations` });
    const run = runSubject(workload, values.seed, values, candidate);
    if (run.totals.requests === 0)
      throw new WorkloadError(`${workload.name} has no request: nothing can be planned for it`);
    const workerSeconds = figure(run, 'workerSeconds');
    const onDemand = figure(run, 'onDemandBusySeconds') + figure(run, 'onDemandIdleSeconds');
    const bill = mixedPool(prices, candidate.reserved, perMonth(onDemand, run.totals.durationMs));
    return { candidate, run, workerSeconds, bill };
  });
  display.say(`${all.length} configurations simulated`);
  return plans;
}

function pricesOf({ priceReserved, priceOnDemand, currency }: PlanValues): Prices {
  const { machineMonth, loadBalancerMonth } = REFERENCE_PRICES;
  const prices = { currency, reservedUnitMonth: priceReserved, onDemandUnitSecond: priceOnDemand };
  return { ...prices, machineMonth, loadBalancerMonth };
}

/** Where several configurations come to the same, as they do when none of them starts a worker, one is enough. */
function distinct(plans: readonly Plan[]): readonly Plan[] {
  const figuresOf = (one: Plan) => `${one.bill.total} ${one.run.totals.p99Ms}`;
  return plans.filter((one, i) => i === 0 || figuresOf(one) !== figuresOf(plans[i - 1] as Plan));
}

function figure({ figures }: Run, key: string): number {
  return figures.find((one) => one.key === key)?.value ?? 0;
}

function figures({ run: { totals }, workerSeconds, bill }: Plan) {
  const { p50Ms, p99Ms, maxMs, errors } = totals;
  const numbers = { costPerMonth: bill.total, p50Ms, p99Ms, maxMs, errors, workerSeconds };
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, roundForJson(value)]));
}

/** A plan is a line; a text instead of one is a line without figures. */
function planTable(title: string, plans: readonly (Plan | string)[], currency: string): string {
  const lines = plans.map((one) => (typeof one === 'string' ? [one, ...Array<string>(4).fill('–')] : cells(one)));
  return alignColumns([[title, `${currency} a month`, 'p99 ms', 'max ms', 'worker-seconds'], ...lines]);
}

function cells({ candidate, run: { totals }, workerSeconds, bill }: Plan): string[] {
  return [
    candidate.name,
    formatNumber(bill.total, 2),
    formatSignificant(totals.p99Ms),
    formatSignificant(totals.maxMs),
    formatNumber(workerSeconds, 0),
  ];
}

/** The cheapest of each policy within the SLO: the frontier has room for the best policies alone. */
function policyTable(plans: readonly Plan[], sloMs: number, currency: string): string {
  const best = POLICY_NAMES.map((name) => {
    const ofPolicy = plans.filter(({ candidate }) => candidate.policy === name);
    return recommend(ofPolicy, BY_COST, sloMs) ?? `--policy ${name}: none within the SLO`;
  });
  return planTable('the best of each policy', best, currency);
}

const ALL_REFUSE = 'Every configuration refuses requests: raise --max-workers, --queue-limit or --deadline.';

function advice(best: Plan | null, sloMs: number, { currency }: Prices): string {
  if (!best) return `No configuration has a p99 of ${sloMs} ms or less: raise --max-workers or --slo.`;
  const { candidate, bill, run } = best;
  const what = `${bill.total.toFixed(2)} ${currency} a month, p99 ${formatSignificant(run.totals.p99Ms)} ms`;
  return `For a p99 of at most ${sloMs} ms take: ${candidate.name}\n(${what})`;
}

function breakEven(prices: Prices): string {
  const share = breakEvenShare(prices);
  if (share >= 1) return 'At these prices a reserved worker never pays.';
  return `A reserved worker pays from ${(100 * share).toFixed(1)} % of the month on: below that, on demand is cheaper.`;
}

/** What is so many times slower than wanted is not drawn: it would press all else to the ground. */
const FAR = 4;

/** A line for each policy: what it can do at its best. */
function chart(plans: readonly Plan[], sloMs: number) {
  return {
    title: 'Worker-seconds against p99',
    xLabel: 'worker-seconds',
    yLabel: 'p99 ms',
    frontiers: POLICY_NAMES.map((name) => ({
      name,
      points: paretoFrontier(
        plans.filter((one) => one.candidate.policy === name && p99Ms(one) <= FAR * sloMs),
        BY_WORKER_SECONDS,
      ).map((one) => ({
        x: one.workerSeconds,
        y: p99Ms(one),
        label: one.candidate.name.replace(/^--policy \S+ /, ''),
      })),
    })),
  };
}
