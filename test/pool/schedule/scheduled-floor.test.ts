import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/core/contracts/errors.ts';
import { leadMs, ScheduledFloor } from '../../../src/pool/schedule/scheduled-floor.ts';
import { parseSchedule } from '../../../src/settings/schedule.ts';
import { VirtualClock } from './virtual-clock.ts';

const MODEL = 'm@1';
const DAY_MS = 86_400_000;
const OFFICE = '0 8 * * * = 4; 0 20 * * * = 1';

/** A pool that does nothing but remember, on a day that begins when `at` says. */
function follow(text: string, at: string, { coldStartMs = 5_000, most = 8 } = {}) {
  const clock = new VirtualClock();
  const pool = {
    coldStartMs,
    most,
    reserved: 0,
    stats: () => ({
      models: [
        { model: 'other@1', reserved: 7, coldStartMs: 1 },
        { model: MODEL, reserved: pool.reserved, coldStartMs: pool.coldStartMs },
      ],
    }),
    provision(model: string, reserved: number) {
      expect(model).toBe(MODEL);
      if (reserved > pool.most) throw new GatewayError('BAD_USER_INPUT', `Cannot reserve ${reserved} workers.`);
      pool.reserved = reserved;
    },
  };
  /** Set of the wall clock beyond what the monotonic clock counted, in ms. */
  const wall = { offsetMs: Date.parse(at) };
  const wallClock = () => wall.offsetMs + clock.now();
  const lines: { level: string; reserved?: unknown; problem?: unknown; at: string }[] = [];
  const write = (level: string) => (fields: object) => {
    lines.push({ level, at: new Date(wallClock()).toISOString().slice(5, 19), ...fields });
  };
  const log = { info: write('info'), warn: write('warn') };
  const schedule = { entries: parseSchedule(text), timeZone: 'UTC' };
  const floor = new ScheduledFloor({ schedule, pool, model: MODEL, clock, wallClock, log });
  /** Lets time pass until the wall clock shows this. */
  const until = (iso: string) => clock.runTo(Date.parse(iso) - wall.offsetMs);
  /** What was set since the start: when, and how many workers. */
  const changes = () => lines.map((line) => `${line.at} ${line.reserved}`);
  return { clock, pool, wall, lines, floor, until, changes };
}

describe('the reserved floor of a schedule', () => {
  it.each([
    ['2026-05-08T09:00Z', 4],
    ['2026-05-08T20:00Z', 1],
    ['2026-05-08T07:00Z', 1],
  ])('is what the schedule says directly after a start at %s', (at, reserved) => {
    expect(follow(OFFICE, at).pool.reserved).toBe(reserved);
  });

  it('is raised a lead time early, so that the workers are warm in time, and lowered on time', () => {
    const { until, changes } = follow(OFFICE, '2026-05-08T07:00Z', { coldStartMs: 5_000 });
    until('2026-05-09T07:00Z');
    expect(leadMs(5_000)).toBe(10_000);
    expect(changes()).toEqual(['05-08T07:00:00 1', '05-08T07:59:50 4', '05-08T20:00:00 1']);
  });

  it('is raised after a start within the lead time', () => {
    expect(follow(OFFICE, '2026-05-08T07:59:55Z').changes()).toEqual(['05-08T07:59:55 4']);
  });

  it('takes the estimate of the cold start as it is shortly before', () => {
    const { pool, until, changes } = follow(OFFICE, '2026-05-08T07:00Z', { coldStartMs: 100 });
    until('2026-05-08T07:30Z');
    pool.coldStartMs = 15_000;
    until('2026-05-08T09:00Z');
    expect(changes().at(-1)).toBe('05-08T07:59:30 4');
  });

  it('is raised at most ten minutes early, whatever the estimate', () => {
    const { until, changes } = follow(OFFICE, '2026-05-08T07:00Z', { coldStartMs: 3_600_000 });
    until('2026-05-08T09:00Z');
    expect(changes().at(-1)).toBe('05-08T07:50:00 4');
  });

  it('is not raised before the occurrence that the raise follows', () => {
    const { until, changes } = follow('0 8 * * * = 2; 1 8 * * * = 1; 2 8 * * * = 4', '2026-05-08T08:00:30Z', {
      coldStartMs: 45_000,
    });
    until('2026-05-08T09:00Z');
    // At 8:01 the raise of 8:02 is due: the lowering would only stop what is needed.
    expect(changes()).toEqual(['05-08T08:00:30 2', '05-08T08:01:00 4']);
  });

  it('holds what an operator provisions by hand until the next occurrence', () => {
    const { pool, until } = follow(OFFICE, '2026-05-08T09:00Z');
    pool.provision(MODEL, 2);
    until('2026-05-08T19:59Z');
    expect(pool.reserved).toBe(2);
    pool.provision(MODEL, 0);
    until('2026-05-08T20:00Z');
    expect(pool.reserved).toBe(1);
  });

  it('is lowered on time, and not early, if an operator has raised it beyond the schedule', () => {
    const { pool, until } = follow(OFFICE, '2026-05-08T07:00Z');
    pool.provision(MODEL, 6);
    until('2026-05-08T07:59:59Z');
    expect(pool.reserved).toBe(6);
    until('2026-05-08T08:00Z');
    expect(pool.reserved).toBe(4);
  });

  it('waits for longer than a timer of Node.js can', () => {
    const from = Date.parse('2026-01-31T00:00Z');
    expect(Date.parse('2026-03-01T00:00Z') - from).toBeGreaterThan(2 ** 31);
    const { until, changes } = follow('0 0 31 1 * = 1; 0 0 1 3 * = 2', '2026-01-31T00:00Z', { coldStartMs: 0 });
    until('2026-03-02T00:00Z');
    expect(changes()).toEqual(['01-31T00:00:00 1', '03-01T00:00:00 2']);
  });

  it('follows the last occurrence alone when the machine slept through several', () => {
    const { clock, wall, changes } = follow(OFFICE, '2026-05-08T07:00Z');
    wall.offsetMs += 3 * DAY_MS + 2 * 3_600_000;
    clock.runTo(60_000);
    expect(changes()).toEqual(['05-08T07:00:00 1', '05-11T09:01:00 4']);
  });

  it('follows the wall clock when that is set back', () => {
    const { wall, until, changes } = follow(OFFICE, '2040-05-08T07:00Z');
    wall.offsetMs = Date.parse('2026-05-08T07:30Z');
    until('2026-05-08T08:30Z');
    expect(changes().slice(1)).toEqual(['05-08T07:31:00 1', '05-08T07:59:50 4']);
  });

  it('is not set anew when the wall clock is set back by seconds, not even into the time before an occurrence', () => {
    const { pool, wall, until, changes } = follow(OFFICE, '2026-05-08T07:00Z');
    until('2026-05-08T07:59:55Z');
    pool.provision(MODEL, 3);
    wall.offsetMs -= 30_000;
    until('2026-05-08T08:30Z');
    expect(pool.reserved).toBe(3);
    expect(changes()).toEqual(['05-08T07:00:00 1', '05-08T07:59:50 4']);
  });

  it('that does not fit beside those of other models is refused with a warning, and the next one is followed', () => {
    const { pool, lines, until } = follow(OFFICE, '2026-05-08T07:00Z', { most: 3 });
    until('2026-05-08T12:00Z');
    expect(pool.reserved).toBe(1);
    expect(lines.at(-1)).toMatchObject({
      level: 'warn',
      reserved: 4,
      from: '2026-05-08T08:00:00.000Z',
      problem: 'Cannot reserve 4 workers.',
    });
    pool.provision(MODEL, 2);
    until('2026-05-08T21:00Z');
    expect(pool.reserved).toBe(1);
  });

  it('that was refused is set as soon as it fits, with one warning until then', () => {
    const { pool, lines, until } = follow(OFFICE, '2026-05-08T07:00Z', { most: 3 });
    until('2026-05-08T09:00Z');
    pool.most = 8;
    until('2026-05-08T09:01Z');
    expect(pool.reserved).toBe(4);
    expect(lines.map(({ level, reserved }) => `${level} ${reserved}`)).toEqual(['info 1', 'warn 4', 'info 4']);
  });

  it('that was refused is given up when an operator provisions by hand', () => {
    const { pool, until } = follow(OFFICE, '2026-05-08T07:00Z', { most: 3 });
    until('2026-05-08T09:00Z');
    pool.provision(MODEL, 2);
    until('2026-05-08T09:05Z');
    pool.most = 8;
    until('2026-05-08T19:59Z');
    expect(pool.reserved).toBe(2);
  });

  it('has one timer, and none once it is closed', () => {
    const { clock, pool, floor, until } = follow(OFFICE, '2026-05-08T07:00Z');
    until('2026-05-08T07:30Z');
    expect(clock.timers).toBe(1);
    floor.close();
    expect(clock.timers).toBe(0);
    until('2026-05-08T09:00Z');
    expect(pool.reserved).toBe(1);
  });
});
