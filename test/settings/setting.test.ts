/** How settings are read, whatever the command. Those of the gateway are in config.test.ts. */
import { describe, expect, it } from 'vitest';
import {
  amount,
  ConfigError,
  count,
  defaultOf,
  flagOf,
  oneOf,
  optional,
  readSettings,
  seconds,
  setting,
  written,
} from '../../src/settings/setting.ts';

const TABLE = {
  workers: { ...setting(count(1, 8), 2, 'how many'), env: 'TEST_WORKERS' },
  colour: setting(oneOf('red', 'blue'), 'red', 'which colour'),
  shareOfAll: {
    ...setting(
      amount('below 1', (n) => n < 1),
      0.5,
      'a share',
    ),
    env: 'TEST_SHARE',
  },
  limit: optional(count(0), 'a limit'),
  pair: setting(written(parsePair), 'a-b', 'two of them'),
  length: setting(seconds, '5m', 'for how long'),
};

function parsePair(text: string): readonly string[] {
  if (text === 'bug') throw new TypeError('a mistake of the program');
  const parts = text.split('-');
  if (parts.length !== 2) throw new SyntaxError('two names with a "-" between them');
  return parts;
}

type Flags = Partial<Record<keyof typeof TABLE, string>>;

function read(flags: Flags, env: Record<string, string> = {}) {
  return readSettings(TABLE, flags, env);
}

describe('settings', () => {
  it('have their defaults, read as a user would have written them, and no source', () => {
    const { values, sources } = read({});
    expect(values).toEqual({
      workers: 2,
      colour: 'red',
      shareOfAll: 0.5,
      limit: null,
      pair: ['a', 'b'],
      length: 300,
    });
    expect(new Set(Object.values(sources))).toEqual(new Set([null]));
  });

  it('come from a flag before the environment, and from there before the default', () => {
    const env = { TEST_WORKERS: '4', TEST_SHARE: '0.1' };
    const { values, sources } = read({ workers: '3', colour: 'blue', limit: '7' }, env);
    expect(values).toMatchObject({ workers: 3, colour: 'blue', shareOfAll: 0.1, limit: 7 });
    expect(sources).toMatchObject({ workers: '--workers', colour: '--colour', shareOfAll: 'TEST_SHARE', pair: null });
  });

  it('without a variable are not looked for in the environment', () => {
    expect(read({}, { colour: 'blue', COLOUR: 'blue', null: 'blue', undefined: 'blue' }).values.colour).toBe('red');
  });

  it.each(['', ' ', '\t'])('that are %j are none', (blank) => {
    expect(read({ workers: blank }, { TEST_WORKERS: '5' }).values.workers).toBe(5);
    expect(read({ workers: blank, colour: blank, limit: blank }).values).toMatchObject({ workers: 2, limit: null });
  });

  it.each<[Flags, string]>([
    [{ workers: '0' }, '--workers is "0": not a whole number from 1 to 8. It means: how many.'],
    [{ workers: '9' }, '--workers is "9": not a whole number from 1 to 8. It means: how many.'],
    [{ workers: '2.5' }, '--workers is "2.5": not a whole number from 1 to 8. It means: how many.'],
    [{ workers: 'two' }, '--workers is "two": not a whole number from 1 to 8. It means: how many.'],
    [{ workers: 'Infinity' }, '--workers is "Infinity": not a whole number from 1 to 8. It means: how many.'],
    [{ colour: 'Red' }, '--colour is "Red": not one of red, blue. It means: which colour.'],
    [{ colour: 'a "b"' }, '--colour is "a \\"b\\"": not one of red, blue. It means: which colour.'],
    [{ shareOfAll: '1' }, '--share-of-all is "1": not below 1. It means: a share.'],
    [{ limit: '-1' }, '--limit is "-1": not a whole number from 0 to 2147483647. It means: a limit.'],
    [{ pair: 'abc' }, '--pair is "abc": not two names with a "-" between them. It means: two of them.'],
  ])('that are wrong are quoted, with what is right and what it means: %j', (flags, message) => {
    expect(() => read(flags)).toThrow(new ConfigError(message));
  });

  it('that are wrong in the environment are quoted by their variable, even behind a blank flag', () => {
    const message = 'TEST_WORKERS is "many": not a whole number from 1 to 8. It means: how many.';
    expect(() => read({}, { TEST_WORKERS: 'many' })).toThrow(new ConfigError(message));
    expect(() => read({ workers: '' }, { TEST_WORKERS: 'many' })).toThrow(new ConfigError(message));
    expect(read({ workers: '1' }, { TEST_WORKERS: 'many' }).values.workers).toBe(1);
  });

  it('do not take a mistake of the program for one of the user', () => {
    expect(() => read({ pair: 'bug' })).toThrow(TypeError);
  });
});

describe('a time', () => {
  it.each([
    ['60s', 60],
    ['60', 60],
    ['500ms', 0.5],
    ['1.5m', 90],
    [' 2s ', 2],
  ])('of %j is %d seconds', (length, expected) => {
    expect(read({ length }).values.length).toBe(expected);
  });

  it.each(['0s', '-1s', '1h', 's', '1 s', '1e3s', 'Infinity'])('is not %j', (length) => {
    expect(() => read({ length })).toThrow(
      `--length is ${JSON.stringify(length)}: not a time above 0 such as 60s, 500ms or 5m. It means: for how long.`,
    );
  });
});

describe('a setting', () => {
  it.each([
    ['port', '--port'],
    ['modelDir', '--model-dir'],
    ['maxUploadBytes', '--max-upload-bytes'],
  ])('%s has the flag %s', (name, flag) => {
    expect(flagOf(name)).toBe(flag);
  });

  it('shows its default as it is, or in the words that it has for it', () => {
    expect([TABLE.workers, TABLE.limit, TABLE.pair].map(defaultOf)).toEqual(['2', 'none', 'a-b']);
  });
});
