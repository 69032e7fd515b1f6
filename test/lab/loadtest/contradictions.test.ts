/** What `warmpool loadtest` refuses before it does anything, without telling secrets. */
import { expect, it } from 'vitest';
import { loadtest } from '../../../src/cli/loadtest.ts';
import { LOADTEST_SETTINGS } from '../../../src/lab/loadtest/settings.ts';
import { ConfigError, readSettings } from '../../../src/settings/setting.ts';

const SECRET = 'a-secret-of-24-characters';

it.each([
  ['--admin-token', ['--reserved', '1', '--admin-token', SECRET]],
  ['--admin-token', [`--admin-token=${SECRET}`]],
  ['--port', ['--port', '4000']],
  ['--policy', ['--policy', 'never']],
])('refuses %s for the gateways that --compare starts: %j', async (flag, serveFlags) => {
  const error = await refusal({ compare: 'spill' }, serveFlags);
  expect(error.message).toContain(`${flag} after -- is not for you to set`);
  expect(error.message).not.toContain(SECRET);
});

it.each([`http://user:${SECRET}@127.0.0.1:1`, `http://${SECRET}@127.0.0.1:1`, `http://:${SECRET}@127.0.0.1:1`])(
  'refuses an address with credentials: %s',
  async (url) => {
    for (const compare of [undefined, 'spill']) {
      const error = await refusal({ url, compare }, []);
      expect(error.message).toContain('--url holds a user name or a password');
      expect(error.message).not.toContain(SECRET);
    }
  },
);

async function refusal(flags: Record<string, string | undefined>, serveFlags: readonly string[]): Promise<Error> {
  const { values } = readSettings(LOADTEST_SETTINGS, flags, {});
  const error = await loadtest({ values, given: flags, serveFlags }, process).catch((error) => error);
  expect(error).toBeInstanceOf(ConfigError);
  return error as Error;
}
