import { describe, expect, it } from 'vitest';
import { loadConfig, SETTINGS } from '../../src/settings/gateway.ts';
import { parseSchedule } from '../../src/settings/schedule.ts';
import { ConfigError } from '../../src/settings/setting.ts';
import { machineTimeZone } from '../../src/settings/time-zone.ts';

function load(schedule: string, env: Record<string, string> = {}) {
  return loadConfig(SETTINGS, { schedule, maxWorkers: '4' }, env);
}

describe('the text of a schedule', () => {
  it('is entries of an expression and a number of workers, separated by semicolons', () => {
    expect(parseSchedule('0 8 * * mon-fri = 4; 0 20 * * *=0;')).toEqual([
      { text: '0 8 * * mon-fri = 4', cron: '0 8 * * mon-fri', reserved: 4 },
      { text: '0 20 * * *=0', cron: '0 20 * * *', reserved: 0 },
    ]);
  });

  it.each([
    ['0 8 * * *', 'is not CRON = N, such as 0 8 * * mon-fri = 4'],
    ['= 4', 'is not CRON = N'],
    ['0 8 * * * = 2 = 3', 'is not CRON = N'],
    ['0 8 * * * = two', 'reserves "two" workers, which is not a whole number'],
    ['0 8 * * * = 1.5', 'reserves "1.5" workers, which is not a whole number'],
    ['0 8 * * * = -1', 'reserves "-1" workers, which is not a whole number'],
    ['0 8 * * * =', 'reserves "" workers, which is not a whole number'],
    ['0 25 * * * = 2', 'is wrong: Invalid value for hour: 25'],
    ['0 8 * * someday = 2', 'is wrong: '],
    ['0 8 * * 1-9 = 2', 'is wrong: '],
    ['8 * * * = 2', 'has not the five fields minute, hour, day, month and weekday, but "8 * * *"'],
    ['0 0 8 * * * = 2', 'has not the five fields'],
    ['@daily = 2', 'has not the five fields'],
    ['2026-01-01T08:00:00 = 2', 'has not the five fields'],
    ['0 0 30 2 * = 2', 'never fires: no date is as "0 0 30 2 *" says'],
    ['0 0 31 4,6,9,11 * = 2', 'never fires'],
  ])('is refused if an entry is "%s": it is quoted and %s', (entry, problem) => {
    const schedule = `0 7 * * * = 1; ${entry}`;
    expect(() => load(schedule)).toThrow(ConfigError);
    expect(() => load(schedule)).toThrow(
      `--schedule is ${JSON.stringify(schedule)}: not a schedule: its entry ${JSON.stringify(entry)} ${problem}`,
    );
  });

  it('is refused without an entry', () => {
    expect(() => load(';')).toThrow('--schedule is ";": not a schedule: it has no entry CRON = N.');
  });

  it('may name a day that comes only in some years', () => {
    expect(load('0 0 29 2 * = 2').schedule).toHaveLength(1);
  });

  it('may not reserve more workers than there may be', () => {
    expect(load('0 8 * * * = 4').schedule?.[0]?.reserved).toBe(4);
    expect(() => load('0 8 * * * = 4; 0 9 * * * = 5')).toThrow(ConfigError);
    expect(() => load('0 8 * * * = 4; 0 9 * * * = 5')).toThrow(
      '--schedule has the entry "0 9 * * * = 5", --max-workers is 4: --max-workers must be at least as large',
    );
    expect(() => loadConfig(SETTINGS, { maxWorkers: '1' }, { WARMPOOL_SCHEDULE: '0 8 * * * = 2' })).toThrow(
      'WARMPOOL_SCHEDULE has the entry "0 8 * * * = 2", --max-workers is 1',
    );
  });
});

describe('the time zone', () => {
  it.each(['Mars/Base', 'Berlin', '8'])('is refused if it is "%s"', (zone) => {
    expect(() => load('0 8 * * * = 1', { WARMPOOL_TIME_ZONE: zone })).toThrow(
      `WARMPOOL_TIME_ZONE is "${zone}": not a time zone that is known here, such as Europe/Berlin. It means: `,
    );
  });

  it("is the machine's unless it is given", () => {
    expect(load('0 8 * * * = 1').timeZone).toBe(machineTimeZone());
    expect(load('0 8 * * * = 1', { WARMPOOL_TIME_ZONE: 'Asia/Tokyo' }).timeZone).toBe('Asia/Tokyo');
  });
});
