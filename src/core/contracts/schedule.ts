/** One line of a schedule of reserved workers. */
export interface ScheduleEntry {
  /** As it was written. */
  readonly text: string;
  /** Minute, hour, day of the month, month, day of the week. */
  readonly cron: string;
  readonly reserved: number;
}
