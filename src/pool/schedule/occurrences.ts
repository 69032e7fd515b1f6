/**
 * When a schedule fires. The expressions are read on the clock of the schedule's time zone; croner knows its daylight
 * saving: a fixed time of day that is skipped fires when the clock has jumped over it, one that comes twice fires once.
 */
import { Cron } from 'croner';
import type { ScheduleEntry } from '../../core/contracts/schedule.ts';

export interface Schedule {
  /** At least one, and each fires: the settings have seen to that. */
  readonly entries: readonly ScheduleEntry[];
  /** IANA name. */
  readonly timeZone: string;
}

/** From this time on so many workers are reserved, until the next occurrence. */
export interface Occurrence {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly reserved: number;
}

/** The one in force at a time: the last at or before it. Of entries that fire at the same time the last one counts. */
export function latestOccurrence(schedule: Schedule, atMs: number): Occurrence {
  // croner looks before the time that it is given.
  const latest = firedBy(schedule, (cron) => cron.previousRuns(1, new Date(atMs + 1))[0]);
  return latest.reduce((best, one) => (one.atMs >= best.atMs ? one : best));
}

/** The first after a time. */
export function nextOccurrence(schedule: Schedule, atMs: number): Occurrence {
  const next = firedBy(schedule, (cron) => cron.nextRun(new Date(atMs)));
  return next.reduce((best, one) => (one.atMs <= best.atMs ? one : best));
}

function firedBy(
  { entries, timeZone }: Schedule,
  find: (cron: Cron) => Date | null | undefined,
): readonly Occurrence[] {
  return entries.map(({ cron, reserved }) => ({
    atMs: (find(new Cron(cron, { mode: '5-part', timezone: timeZone })) as Date).getTime(),
    reserved,
  }));
}
