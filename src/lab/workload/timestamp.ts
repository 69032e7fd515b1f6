/** The time that a line of a trace tells, in one of three forms. */

export const FORMS = {
  seconds: 'a number of seconds',
  dateTime: 'a date and time',
  accessLog: "a line of a web server's access log",
} as const;

/** Ends every complaint about a line that is none of them. */
export const EXPECTED =
  'expected a number of seconds, not of ms (12.5), or a date and time (2023-11-16 18:15:46.68) in the first column, ' +
  'or a line of an access log in the common or combined format';

export interface Timestamp {
  readonly form: keyof typeof FORMS;
  /** As the line has it. */
  readonly text: string;
  /** From 1970 on, or from wherever a trace of numbers counts. */
  readonly seconds: number;
  /** To add to those, 0 to below 1. Apart, because in one double today's dates would keep a quarter of a µs only. */
  readonly fraction: number;
  /** The line holds nothing else. */
  readonly alone: boolean;
}

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const DATE_TIME = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)?$/i;
const ACCESS_LOG =
  /^\S+ \S+ .+? \[((\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d:\d\d:\d\d) ([+-](?:[01]\d|2[0-3])[0-5]\d))\] "(?:[^"\\]|\\.)*" (?:\d{3}|-) (?:\d+|-)(?: |$)/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Seconds beyond the year 5000: they are ms in truth. */
const TOO_MANY_SECONDS = 1e11;

/** Null if the line tells no time. */
export function timestampOf(line: string): Timestamp | null {
  const [, text, day, month = '', year, clock = '', zone = ''] = ACCESS_LOG.exec(line) ?? [];
  if (text !== undefined) {
    const number = String(MONTHS.indexOf(month) + 1).padStart(2, '0');
    const seconds = utc(`${year}-${number}-${day}`, clock) - offset(zone);
    return checked({ form: 'accessLog', text, seconds, fraction: 0, alone: false });
  }
  const value = firstColumn(line);
  const alone = value === line;
  if (NUMBER.test(value)) {
    const seconds = Number(value);
    if (Math.abs(seconds) >= TOO_MANY_SECONDS) return null;
    return { form: 'seconds', text: value, seconds, fraction: 0, alone };
  }
  const [, date = '', time = '', fraction = '', zoneOfDate = 'Z'] = DATE_TIME.exec(value) ?? [];
  const seconds = utc(date, time) - offset(zoneOfDate);
  return checked({ form: 'dateTime', text: value, seconds, fraction: Number(`0${fraction}`), alone });
}

/** Below 0 if `to` is earlier. */
export function msBetween(from: Timestamp, to: Timestamp): number {
  return (to.seconds - from.seconds + (to.fraction - from.fraction)) * 1000;
}

/** As the line begins, without quotes. */
export function firstColumn(line: string): string {
  const quoted = /^"([^"]*)"\s*(?:,|$)/.exec(line)?.[1];
  return (quoted ?? line.split(',', 1)[0] ?? '').trim();
}

function checked(time: Timestamp): Timestamp | null {
  return Number.isNaN(time.seconds) ? null : time;
}

/** In seconds; NaN if there is no such day or time: `Date.parse` alone takes the 30th of February for a day in March. */
function utc(date: string, time: string): number {
  const text = `${date}T${time}.000Z`;
  const ms = Date.parse(text);
  return Number.isNaN(ms) || new Date(ms).toISOString() !== text ? Number.NaN : ms / 1000;
}

/** In seconds, of `Z`, `+02`, `+0200` or `+02:00`. */
function offset(zone: string): number {
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(':', ''));
  return (zone.startsWith('-') ? -minutes : minutes) * 60;
}
