/** What a simulation is told: the settings of `warmpool simulate`, and those of them that `plan` has, too. */
import { KEEP_ALIVE_FORMS, POLICY_NAMES, type PolicyName, parseKeepAlive } from '../../settings/policies.ts';
import { amount, count, optional, seconds, setting, written } from '../../settings/setting.ts';
import { formatNumber } from '../report/format.ts';

/** Any at all. */
export const text = written((given) => given);

export const msAbove0 = amount('a number of milliseconds above 0', (value) => value > 0);
const msFrom0 = amount('a number of milliseconds from 0', (value) => value >= 0);
const share = amount('a number from 0 to 1', (value) => value >= 0 && value <= 1);

const upTo = (most: number) =>
  amount(`a number above 0 and up to ${formatNumber(most, 0)}`, (value) => value > 0 && value <= most);

export const WORKLOAD_SETTINGS = {
  workload: setting(
    text,
    'reference',
    'reference (the closed-loop load test that Warmpool is measured against), poisson, bursty, or trace:FILE ' +
      '(a timestamp a line, a CSV that begins with one, or an access log)',
  ),
  rate: setting(upTo(1e6), 100, 'mean requests per second of poisson and bursty'),
  duration: setting(seconds, '300s', 'length of poisson and bursty, as in 60s, 500ms or 5m'),
  scale: setting(upTo(1_000), 1, 'of the durations of reference: 0.1 makes it 30 s long'),
  users: setting(upTo(1_000), 1, 'of the users of reference: 0.2 makes it 1 to 9 of them'),
  seed: setting(count(0), 1, 'of all randomness: the same seed gives the same bytes'),
};

export const WORLD_SETTINGS = {
  service: setting(msAbove0, 38, 'what a request takes, in ms'),
  coldStart: setting(msFrom0, 10_000, 'what the start of a worker takes, in ms'),
  jitter: setting(
    share,
    0.05,
    'by which share of itself, up or down, each of these times differs: users who never vary fall into step',
  ),
  maxWorkers: setting(count(1, 4096), 32, 'most workers at once'),
  queueLimit: setting(count(0), 1000, 'most requests waiting at once'),
  deadline: optional(msAbove0, 'of each request, in ms from its arrival'),
};

export const SIMULATE_SETTINGS = {
  ...WORKLOAD_SETTINGS,
  policy: setting(
    written(parsePolicies),
    'spill,target-wait',
    `one or more of ${POLICY_NAMES.join(', ')}, with commas between them`,
  ),
  targetWait: optional(
    msAbove0,
    'predicted wait above which target-wait starts a worker, in ms',
    'a quarter of a service time',
  ),
  targetShare: setting(upTo(1), 0.7, 'share of its time that a worker is to work under concurrency'),
  ...WORLD_SETTINGS,
  reserved: setting(count(0, 4096), 10, 'workers that are always warm'),
  keepAlive: setting(
    written(parseKeepAlive),
    'fixed:60s',
    `how long an idle on-demand worker stays: ${KEEP_ALIVE_FORMS}`,
  ),
};

function parsePolicies(text: string): readonly PolicyName[] {
  const names = text.split(',').map((raw) => {
    const name = POLICY_NAMES.find((known) => known === raw.trim());
    if (!name) throw new SyntaxError(`one or more of ${POLICY_NAMES.join(', ')}: ${JSON.stringify(raw)} is none`);
    return name;
  });
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice) throw new SyntaxError(`a list of different policies: ${JSON.stringify(twice)} is there twice`);
  return names;
}
