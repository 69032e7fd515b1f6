import { describe, expect, it } from 'vitest';
import { latestOccurrence, nextOccurrence } from '../../../src/pool/schedule/occurrences.ts';
import { parseSchedule } from '../../../src/settings/schedule.ts';

const at = (iso: string) => Date.parse(iso);
const schedule = (text: string, timeZone = 'UTC') => ({ entries: parseSchedule(text), timeZone });
const OFFICE = schedule('0 8 * * mon-fri = 4; 0 20 * * * = 1');

/** From the first time on and before the second; as text: failures are readable. */
function between(text: string, timeZone: string, from: string, to: string): readonly string[] {
  const found: string[] = [];
  const next = (afterMs: number) => nextOccurrence(schedule(text, timeZone), afterMs);
  for (let one = next(at(from) - 1); one.atMs < at(to); one = next(one.atMs)) {
    found.push(`${new Date(one.atMs).toISOString()} ${one.reserved}`);
  }
  return found;
}

describe('the occurrences of a schedule', () => {
  it('come in order, whichever entry they are of', () => {
    // Friday to Monday.
    const text = '0 8 * * mon-fri = 4; 0 20 * * * = 1';
    expect(between(text, 'UTC', '2026-05-08T08:00Z', '2026-05-11T08:00Z')).toEqual([
      '2026-05-08T08:00:00.000Z 4',
      '2026-05-08T20:00:00.000Z 1',
      '2026-05-09T20:00:00.000Z 1',
      '2026-05-10T20:00:00.000Z 1',
    ]);
  });

  it('are on the clock of the time zone', () => {
    expect(between('0 8 * * * = 4', 'Asia/Tokyo', '2026-05-08T00:00Z', '2026-05-09T00:00Z')).toEqual([
      '2026-05-08T23:00:00.000Z 4',
    ]);
  });

  it('keep their time of day when summer time begins and ends', () => {
    expect(between('0 8 * * * = 4', 'Europe/Berlin', '2026-03-28T00:00Z', '2026-03-30T00:00Z')).toEqual([
      '2026-03-28T07:00:00.000Z 4',
      '2026-03-29T06:00:00.000Z 4',
    ]);
    expect(between('0 8 * * * = 4', 'Europe/Berlin', '2026-10-24T00:00Z', '2026-10-26T00:00Z')).toEqual([
      '2026-10-24T06:00:00.000Z 4',
      '2026-10-25T07:00:00.000Z 4',
    ]);
  });

  it('come once if the clock skips their time of day, and once if it has it twice', () => {
    expect(between('30 2 * * * = 2', 'Europe/Berlin', '2026-03-28T12:00Z', '2026-03-29T12:00Z')).toEqual([
      '2026-03-29T01:00:00.000Z 2',
    ]);
    expect(between('30 2 * * * = 2', 'Europe/Berlin', '2026-10-24T12:00Z', '2026-10-25T12:00Z')).toEqual([
      '2026-10-25T00:30:00.000Z 2',
    ]);
  });

  it('are of the last entry if several fire at the same time', () => {
    const both = schedule('0 * * * * = 1; 0 8 * * * = 4; 0 8 8 * * = 2');
    const eight = at('2026-05-08T08:00Z');
    expect(latestOccurrence(both, eight)).toEqual({ atMs: eight, reserved: 2 });
    expect(nextOccurrence(both, eight - 1)).toEqual({ atMs: eight, reserved: 2 });
  });
});

describe('the occurrence in force', () => {
  it('is the last one at or before a time', () => {
    const eight = at('2026-05-08T08:00Z');
    expect(latestOccurrence(OFFICE, eight)).toEqual({ atMs: eight, reserved: 4 });
    expect(latestOccurrence(OFFICE, eight + 999)).toEqual({ atMs: eight, reserved: 4 });
    expect(latestOccurrence(OFFICE, eight - 1)).toEqual({ atMs: at('2026-05-07T20:00Z'), reserved: 1 });
    expect(latestOccurrence(schedule('0 0 29 2 * = 3'), eight)).toEqual({ atMs: at('2024-02-29T00:00Z'), reserved: 3 });
  });

  it('lasts until the next one, which is after the time', () => {
    const eight = at('2026-05-08T08:00Z');
    expect(nextOccurrence(OFFICE, eight - 1)).toEqual({ atMs: eight, reserved: 4 });
    expect(nextOccurrence(OFFICE, eight)).toEqual({ atMs: at('2026-05-08T20:00Z'), reserved: 1 });
    expect(nextOccurrence(schedule('0 0 29 2 * = 3'), eight)).toEqual({ atMs: at('2028-02-29T00:00Z'), reserved: 3 });
  });
});
