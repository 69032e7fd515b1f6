/** What the commands that write reports have in common. */
import { open } from 'node:fs/promises';
import { ConfigError, defaultOf, flagOf, type Setting } from '../settings.ts';

export interface Output {
  readonly json?: boolean;
  readonly html?: string;
}

/** What the user wrote, by the names of the settings. */
export type Given = Readonly<Record<string, string | undefined>>;

/** The settings as a report shows them. */
export function shown(table: Readonly<Record<string, Setting>>, given: Given): readonly [string, string][] {
  return Object.entries(table).map(([name, setting]) => [flagOf(name), given[name] ?? defaultOf(setting)]);
}

/** Before the work, not after it. Throws ConfigError. */
export async function requireWritable(html: string): Promise<void> {
  try {
    await (await open(html, 'a')).close();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError(`--html is ${JSON.stringify(html)}: it cannot be written (${code}).`);
  }
}
