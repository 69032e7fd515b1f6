/** What a load test is told: the settings of `warmpool loadtest`. */
import { amount, ConfigError, count, optional, type Setting, setting, written } from '../../settings/setting.ts';
import { SIMULATE_SETTINGS, text, WORKLOAD_SETTINGS } from '../sim/settings.ts';

const secondsAbove0 = amount('a number of seconds above 0', (value) => value > 0 && value < 1e6);

export const LOADTEST_SETTINGS = {
  url: setting(written(parseUrl), 'http://127.0.0.1:4000', 'the gateway to put under load'),
  adminToken: {
    ...optional(
      text,
      "the gateway's admin token; without it the report has no memory, cold starts and figures of the scheduler",
    ),
    env: 'WARMPOOL_ADMIN_TOKEN',
  },
  compare: optional(
    SIMULATE_SETTINGS.policy.schema,
    'policies, with commas between them: for each a gateway is started instead, with the flags of serve after --',
  ),
  ...WORKLOAD_SETTINGS,
  rate: { ...WORKLOAD_SETTINGS.rate, fallback: 20 },
  duration: { ...WORKLOAD_SETTINGS.duration, fallback: '60s' },
  image: optional(
    text,
    'picture to send, or a folder of which the pictures are sent in turn',
    'a sample that ships with Warmpool',
  ),
  model: optional(text, 'model to ask for: name, name@alias or name@version', "the gateway's"),
  deadline: optional(count(1), 'deadline of each request, in ms'),
  timeout: setting(
    secondsAbove0,
    120,
    'longest time from the sending of a request to its answer, in seconds; then it counts as TIMEOUT',
  ),
  maxOutstanding: setting(
    count(1, 1e6),
    10_000,
    'most requests without an answer of poisson, bursty and traces; more count as NOT_SENT',
  ),
} as const satisfies Record<string, Setting>;

/** The message does not quote it: a password is a secret. */
export function refuseCredentials({ username, password }: URL): void {
  if (username === '' && password === '') return;
  throw new ConfigError('--url holds a user name or a password, which no gateway asks for: leave them out');
}

function parseUrl(text: string): URL {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text);
  throw new SyntaxError('an address such as http://127.0.0.1:4000');
}
