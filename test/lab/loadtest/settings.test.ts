import { expect, it } from 'vitest';
import { LOADTEST_SETTINGS } from '../../../src/lab/loadtest/settings.ts';
import { ConfigError, readSettings } from '../../../src/settings/setting.ts';

it.each([
  ['60s', 60],
  ['60', 60],
  ['500ms', 0.5],
  ['1.5m', 90],
])('a duration of %s is %d seconds', (duration, seconds) => {
  expect(read({ duration }).duration).toBe(seconds);
});

it.each([
  [{ duration: '0s' }, '--duration is "0s"'],
  [{ duration: '1h' }, '--duration is "1h"'],
  [{ url: 'localhost:4000' }, '--url is "localhost:4000"'],
  [{ url: '4000' }, '--url is "4000"'],
  [{ compare: 'spill,spil' }, '"spil" is none'],
  [{ rate: '0' }, '--rate is "0"'],
  [{ deadline: '0' }, '--deadline is "0"'],
  [{ timeout: 'never' }, '--timeout is "never"'],
  [{ maxOutstanding: '0.5' }, '--max-outstanding is "0.5"'],
])('%j is refused with its value', (flags, message) => {
  expect(() => read(flags)).toThrow(ConfigError);
  expect(() => read(flags)).toThrow(message);
});

it('the admin token may come from the environment, nothing else does', () => {
  const env = { WARMPOOL_ADMIN_TOKEN: 'from-the-environment', WARMPOOL_MODEL: 'zebra', PORT: '1' };
  const { adminToken, model, url } = readSettings(LOADTEST_SETTINGS, {}, env).values;
  expect({ adminToken, model, url: url.href }).toEqual({
    adminToken: 'from-the-environment',
    model: null,
    url: 'http://127.0.0.1:4000/',
  });
});

function read(flags: Partial<Record<keyof typeof LOADTEST_SETTINGS, string>>) {
  return readSettings(LOADTEST_SETTINGS, flags, {}).values;
}
