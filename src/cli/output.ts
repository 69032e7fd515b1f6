/** What the commands that write reports have in common. */
import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ConfigError, defaultOf, flagOf, type Setting } from '../settings/setting.ts';

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

/** Before the work, not after it; and without a trace of it if the work fails. Throws ConfigError. */
export async function requireWritable(html: string): Promise<void> {
  const problem = await whyNotWritable(html);
  if (problem !== null) throw new ConfigError(`--html is ${JSON.stringify(html)}: it cannot be written (${problem}).`);
}

async function whyNotWritable(path: string): Promise<string | null> {
  try {
    const existing = await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return null;
    });
    if (existing?.isDirectory()) return 'EISDIR';
    await (existing ? access(path, constants.W_OK) : access(dirname(path), constants.W_OK | constants.X_OK));
    return null;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code ?? message;
  }
}
