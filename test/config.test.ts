import { describe, expect, it } from 'vitest';
import { ConfigError, flagOf, loadConfig, SETTINGS } from '../src/config.ts';

describe('the configuration', () => {
  it('is complete without any setting', () => {
    expect(loadConfig({}, {})).toMatchObject({ port: 4000, host: '127.0.0.1', engine: 'auto', policy: 'target-wait' });
  });

  it('takes a flag before the environment, and the environment before the default', () => {
    expect(loadConfig({}, { PORT: '5000' }).port).toBe(5000);
    expect(loadConfig({ port: '6000' }, { PORT: '5000' }).port).toBe(6000);
  });

  it('takes an empty environment variable for none', () => {
    expect(loadConfig({}, { PORT: '' }).port).toBe(4000);
  });

  it.each([
    [{ port: 'http' }, '--port is "http"'],
    [{ engine: 'cuda' }, '--engine is "cuda"'],
    [{ keepAlive: '-1' }, '--keep-alive is "-1"'],
    [{ modelDir: 'no-such-folder' }, '--model-dir is "no-such-folder"'],
    [{ adminToken: 'short' }, '--admin-token is "short"'],
  ])('quotes a wrong flag %j and says what it means', (flags, message) => {
    expect(() => loadConfig(flags, {})).toThrow(ConfigError);
    expect(() => loadConfig(flags, {})).toThrow(message);
    expect(() => loadConfig(flags, {})).toThrow('It means: ');
  });

  it('names the environment variable if the wrong value came from there', () => {
    expect(() => loadConfig({}, { WARMPOOL_QUEUE_LIMIT: 'many' })).toThrow('WARMPOOL_QUEUE_LIMIT is "many"');
  });

  it('refuses more reserved workers than workers, with both numbers', () => {
    expect(() => loadConfig({ reserved: '3', maxWorkers: '2' }, {})).toThrow('--reserved is 3, --max-workers is 2');
  });

  it('reserves no more than the workers there are if nobody said how many', () => {
    expect(loadConfig({ maxWorkers: '1' }, {}).reserved).toBe(1);
  });

  it('has one flag and one environment variable for each setting', () => {
    const names = Object.keys(SETTINGS);
    expect(new Set(names.map(flagOf)).size).toBe(names.length);
    expect(new Set(Object.values(SETTINGS).map(({ env }) => env)).size).toBe(names.length);
  });
});
