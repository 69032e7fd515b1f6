import { describe, expect, it } from 'vitest';
import { loadConfig, SETTINGS, type SettingName } from '../../src/settings/gateway.ts';
import { ConfigError, defaultOf, flagOf } from '../../src/settings/setting.ts';

type Flags = Partial<Record<SettingName, string>>;
type Env = Record<string, string>;

const MiB = 2 ** 20;

function load(flags: Flags, env: Env = {}) {
  return loadConfig(SETTINGS, flags, env);
}

describe('the configuration', () => {
  it('is complete without any setting', () => {
    expect(load({})).toMatchObject({ port: 4000, host: '127.0.0.1', engine: 'auto', policy: 'target-wait' });
  });

  it.each(Object.entries(SETTINGS))('has a right default of %s, and a text for it', (_, setting) => {
    const { fallback, schema } = setting;
    expect(schema.safeParse(typeof fallback === 'function' ? fallback() : fallback)).toMatchObject({ success: true });
    expect(defaultOf(setting)).not.toMatch(/null|=>|function/);
  });

  it('takes a flag before the environment, and the environment before the default', () => {
    expect(load({}, { PORT: '5000' }).port).toBe(5000);
    expect(load({ port: '6000' }, { PORT: '5000' }).port).toBe(6000);
  });

  it.each(['', ' '])('takes a flag or an environment variable that is "%s" for none', (blank) => {
    expect(load({}, { PORT: blank }).port).toBe(4000);
    expect(load({ port: blank }).port).toBe(4000);
    expect(load({ port: blank }, { PORT: '5000' }).port).toBe(5000);
  });

  it.each<[Flags, string]>([
    [{ port: 'http' }, '--port is "http": not a whole number from 0 to 65535.'],
    [{ port: '65536' }, '--port is "65536": not a whole number from 0 to 65535.'],
    [{ port: '1.5' }, '--port is "1.5": not a whole number from 0 to 65535.'],
    [{ keepAlive: '-1' }, '--keep-alive is "-1": not one of fixed:TIME (as in fixed:60s or fixed:500ms), histogram,'],
    [{ targetShare: '0' }, '--target-share is "0": not a number above 0 and up to 1.'],
    [{ bulkShare: '1' }, '--bulk-share is "1": not a number from 0 and below 1.'],
    [{ targetWait: '0' }, '--target-wait is "0": not a number above 0.'],
    [{ targetWait: 'long' }, '--target-wait is "long": not a number above 0.'],
    [{ policy: 'always' }, '--policy is "always": not one of target-wait, spill, concurrency, never.'],
    [{ modelDir: '/nope' }, '--model-dir is "/nope": not an existing folder.'],
    [{ modelDir: 'package.json' }, '--model-dir is "package.json": not an existing folder.'],
    [
      { redisUrl: 'localhost' },
      '--redis-url is "localhost": not a URL that begins with redis://, rediss:// or unix://.',
    ],
    [{ redisUrl: 'redis://redis:99999' }, '--redis-url is "redis://redis:99999": not a URL that'],
    [{ adminToken: 'short' }, '--admin-token is "short": not 16 or more characters without whitespace.'],
    [{ adminToken: 'sixteen and more characters' }, 'not 16 or more characters without whitespace.'],
  ])('quotes a wrong flag %j and says what is right, and what it means', (flags, message) => {
    expect(() => load(flags)).toThrow(ConfigError);
    expect(() => load(flags)).toThrow(message);
    expect(() => load(flags)).toThrow('It means: ');
  });

  it('names the environment variable if the wrong value came from there', () => {
    expect(() => load({}, { WARMPOOL_QUEUE_LIMIT: 'many' })).toThrow('WARMPOOL_QUEUE_LIMIT is "many"');
  });

  it('takes a model folder that was asked for as it is', () => {
    expect(load({ modelDir: 'test' }).modelDir).toBe('test');
  });

  it('knows only the settings that it is told, and has the defaults of all others', () => {
    const { maxWorkers, logLevel } = SETTINGS;
    const settings = { maxWorkers, logLevel: { ...logLevel, fallback: 'warn' } };
    const config = loadConfig(settings, { maxWorkers: '1' }, { PORT: 'abc', WARMPOOL_RESERVED: '2' });
    const { keepAlive, ...others } = load({ maxWorkers: '1' });
    expect(config).toMatchObject({ ...others, logLevel: 'warn', keepAlive: { name: keepAlive.name } });
  });

  it.each<[Flags, Env, string]>([
    [{ reserved: '3', maxWorkers: '2' }, {}, '--reserved is 3, --max-workers is 2: '],
    [{ maxWorkers: '2' }, { WARMPOOL_RESERVED: '3' }, 'WARMPOOL_RESERVED is 3, --max-workers is 2: '],
    [{ reserved: '3' }, { WARMPOOL_MAX_WORKERS: '2' }, '--reserved is 3, WARMPOOL_MAX_WORKERS is 2: '],
    [{ reserved: '1024' }, {}, '--reserved is 1024, the default of --max-workers is '],
  ])('refuses more reserved workers than workers: %j %j', (flags, env, message) => {
    expect(() => load(flags, env)).toThrow(message);
    expect(() => load(flags, env)).toThrow('--max-workers must be at least as large as --reserved');
  });

  it('reserves no more than the workers there are if nobody said how many', () => {
    expect(load({ maxWorkers: '1' }).reserved).toBe(1);
  });

  it('refuses upload memory for less than twice the largest file', () => {
    const uploadMemory = String(20 * MiB - 1);
    const message =
      'the default of --max-upload-bytes is 10485760, --upload-memory is 20971519: --upload-memory must be';
    expect(() => load({ uploadMemory })).toThrow(message);
    expect(() => load({ uploadMemory })).toThrow(ConfigError);
    expect(load({ uploadMemory: String(20 * MiB) }).uploadMemory).toBe(20 * MiB);
  });

  it('asks for no upload memory where there is no such setting', () => {
    const { maxUploadBytes } = SETTINGS;
    const config = loadConfig({ maxUploadBytes }, { maxUploadBytes: String(1024 * MiB) }, {});
    expect(config.maxUploadBytes).toBe(1024 * MiB);
  });

  it('has one flag and one environment variable for each setting', () => {
    const names = Object.keys(SETTINGS);
    expect(new Set(names.map(flagOf)).size).toBe(names.length);
    expect(new Set(Object.values(SETTINGS).map(({ env }) => env)).size).toBe(names.length);
  });
});
