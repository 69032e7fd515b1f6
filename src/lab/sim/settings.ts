/** What a simulation is told: the settings of `warmpool simulate`, and those of them that `plan` has, too. */
import { KEEP_ALIVE_FORMS, POLICY_NAMES, type PolicyName, parseKeepAlive } from '../../settings/policies.ts';
import { amount, count, type Setting, seconds, written } from '../../settings/setting.ts';
import { formatNumber } from '../report/format.ts';

const ms = (least: string, holds: (value: number) => boolean) => amount(`a number of milliseconds ${least}`, holds);

const upTo = (most: number) =>
  amount(`a number above 0 and up to ${formatNumber(most, 0)}`, (value) => value > 0 && value <= most);

export const WORKLOAD_SETTINGS = {
  workload: {
    env: null,
    schema: written((text) => text),
    fallback: 'reference',
    help:
      'reference (the closed-loop load test that Warmpool is measured against), poisson, bursty, or trace:FILE ' +
      '(a timestamp a line, a CSV that begins with one, or an access log)',
  },
  rate: {
    env: null,
    schema: upTo(1e6),
    fallback: 100,
    help: 'mean requests per second of poisson and bursty',
  },
  duration: {
    env: null,
    schema: seconds,
    fallback: '300s',
    help: 'length of poisson and bursty, as in 60s, 500ms or 5m',
  },
  scale: {
    env: null,
    schema: upTo(1_000),
    fallback: 1,
    help: 'of the durations of reference: 0.1 makes it 30 s long',
  },
  users: {
    env: null,
    schema: upTo(1_000),
    fallback: 1,
    help: 'of the users of reference: 0.2 makes it 1 to 9 of them',
  },
  seed: { env: null, schema: count(0), fallback: 1, help: 'of all randomness: the same seed gives the same bytes' },
} as const satisfies Record<string, Setting>;

export const WORLD_SETTINGS = {
  service: {
    env: null,
    schema: ms('above 0', (value) => value > 0),
    fallback: 38,
    help: 'what a request takes, in ms',
  },
  coldStart: {
    env: null,
    schema: ms('from 0', (value) => value >= 0),
    fallback: 10_000,
    help: 'what the start of a worker takes, in ms',
  },
  jitter: {
    env: null,
    schema: amount('a number from 0 to 1', (share) => share >= 0 && share <= 1),
    fallback: 0.05,
    help: 'by which share of itself, up or down, each of these times differs: users who never vary fall into step',
  },
  maxWorkers: { env: null, schema: count(1, 4096), fallback: 32, help: 'most workers at once' },
  queueLimit: { env: null, schema: count(0), fallback: 1000, help: 'most requests waiting at once' },
  deadline: {
    env: null,
    schema: ms('above 0', (value) => value > 0).nullable(),
    fallback: null,
    defaultText: 'none',
    help: 'of each request, in ms from its arrival',
  },
} as const satisfies Record<string, Setting>;

export const SIMULATE_SETTINGS = {
  ...WORKLOAD_SETTINGS,
  policy: {
    env: null,
    schema: written(parsePolicies),
    fallback: 'spill,target-wait',
    help: `one or more of ${POLICY_NAMES.join(', ')}, with commas between them`,
  },
  targetWait: {
    env: null,
    schema: ms('above 0', (value) => value > 0).nullable(),
    fallback: null,
    defaultText: 'a quarter of a service time',
    help: 'predicted wait above which target-wait starts a worker, in ms',
  },
  targetShare: {
    env: null,
    schema: amount('a number above 0 and up to 1', (share) => share > 0 && share <= 1),
    fallback: 0.7,
    help: 'share of its time that a worker is to work under concurrency',
  },
  ...WORLD_SETTINGS,
  reserved: { env: null, schema: count(0, 4096), fallback: 10, help: 'workers that are always warm' },
  keepAlive: {
    env: null,
    schema: written(parseKeepAlive),
    fallback: 'fixed:60s',
    help: `how long an idle on-demand worker stays: ${KEEP_ALIVE_FORMS}`,
  },
} as const satisfies Record<string, Setting>;

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
