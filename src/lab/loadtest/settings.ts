/** What a load test is told: the settings of `warmpool loadtest`. */
import type { z } from 'zod';
import { amount, count, type Setting, written } from '../../settings/setting.ts';
import { SIMULATE_SETTINGS, WORKLOAD_SETTINGS } from '../sim/settings.ts';

const DEFAULT_RATE = 20;

const text = written((given) => given);

/** Without it, the program or the gateway chooses. */
export function optional<Schema extends z.ZodType>(schema: Schema, defaultText: string, help: string) {
  return { env: null, schema: schema.nullable(), fallback: null, defaultText, help };
}

export const LOADTEST_SETTINGS = {
  url: {
    env: null,
    schema: written(parseUrl),
    fallback: 'http://127.0.0.1:4000',
    help: 'the gateway to put under load',
  },
  adminToken: {
    ...optional(
      text,
      'none',
      "the gateway's admin token; without it the report has no memory, cold starts and figures of the scheduler",
    ),
    env: 'WARMPOOL_ADMIN_TOKEN',
  },
  compare: optional(
    SIMULATE_SETTINGS.policy.schema,
    'none',
    'policies, with commas between them: for each a gateway is started instead, with the flags of serve after --',
  ),
  ...WORKLOAD_SETTINGS,
  rate: { ...WORKLOAD_SETTINGS.rate, fallback: DEFAULT_RATE },
  duration: { ...WORKLOAD_SETTINGS.duration, fallback: '60s' },
  image: optional(
    text,
    'a sample that ships with Warmpool',
    'picture to send, or a folder of which the pictures are sent in turn',
  ),
  model: optional(text, "the gateway's", 'model to ask for: name, name@alias or name@version'),
  deadline: optional(count(1), 'none', 'deadline of each request, in ms'),
  timeout: {
    env: null,
    schema: amount('a number of seconds above 0', (value) => value > 0 && value < 1e6),
    fallback: 120,
    help: 'longest time from the sending of a request to its answer, in seconds; then it counts as TIMEOUT',
  },
  maxOutstanding: {
    env: null,
    schema: count(1, 1e6),
    fallback: 10_000,
    help: 'most requests without an answer of poisson, bursty and traces; more count as NOT_SENT',
  },
} as const satisfies Record<string, Setting>;

function parseUrl(text: string): URL {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text);
  throw new SyntaxError('an address such as http://127.0.0.1:4000');
}
