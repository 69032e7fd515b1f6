/** The text of a schedule, `0 8 * * mon-fri = 4; 0 20 * * * = 1`: at which times how many workers are to be reserved. */
import { Cron } from 'croner';
import type { ScheduleEntry } from '../core/contracts/schedule.ts';

/** At least one entry. Throws a SyntaxError that follows "not" and quotes the wrong entry. */
export function parseSchedule(text: string): readonly ScheduleEntry[] {
  const entries = text
    .split(';')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  if (entries.length === 0) throw new SyntaxError('a schedule: it has no entry CRON = N');
  return entries.map(parseEntry);
}

function parseEntry(text: string): ScheduleEntry {
  const wrong = (problem: string) => new SyntaxError(`a schedule: its entry ${JSON.stringify(text)} ${problem}`);
  const [cron, count, ...more] = text.split('=').map((part) => part.trim());
  if (!cron || count === undefined || more.length > 0) {
    throw wrong('is not CRON = N, such as 0 8 * * mon-fri = 4');
  }
  if (!/^\d+$/.test(count)) throw wrong(`reserves ${JSON.stringify(count)} workers, which is not a whole number`);
  // croner also takes dates and names such as @daily.
  if (cron.split(/\s+/).length !== 5) {
    throw wrong(`has not the five fields minute, hour, day, month and weekday, but ${JSON.stringify(cron)}`);
  }
  if (!fires(cron, wrong)) throw wrong(`never fires: no date is as ${JSON.stringify(cron)} says`);
  return { text, cron, reserved: Number(count) };
}

/** What five fields say never depends on the year, so that any time to start from will do. */
function fires(cron: string, wrong: (problem: string) => SyntaxError): boolean {
  try {
    return new Cron(cron, { mode: '5-part', timezone: 'UTC' }).nextRun(new Date(0)) !== null;
  } catch (error) {
    const problem = (error as Error).message.replace(/^CronPattern: /, '').replace(/\.$/, '');
    throw wrong(`is wrong: ${problem}`);
  }
}
