/** What the commands that write reports have in common. */
import { access, constants, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Page, renderPage } from '../lab/report/page.ts';
import { ConfigError, defaultOf, flagOf, type Setting, type Values } from '../settings/setting.ts';
import type { Io } from './io.ts';

/** What a command that reports is asked for. */
export interface Asked<Table extends Readonly<Record<string, Setting>>> {
  readonly values: Values<Table>;
  readonly given: Given;
  readonly json?: boolean;
  /** Where the page goes, if one is wanted. */
  readonly html?: string;
}

/** What the user wrote, by the names of the settings. */
type Given = Readonly<Record<string, string | undefined>>;

/** The figures for the terminal or for a program, and the page if one is wanted. */
export async function report(figures: string, html: string | undefined, page: Page, stdout: Io['stdout']) {
  stdout.write(figures);
  if (html !== undefined) await writeFile(html, renderPage(page));
}

/** The settings as a report shows them. */
export function shown(table: Readonly<Record<string, Setting>>, given: Given): readonly [string, string][] {
  return Object.entries(table).map(([name, setting]) => [flagOf(name), given[name] ?? defaultOf(setting)]);
}

/** Before the work, not after it; and without a trace of it if the work fails. Throws ConfigError. */
export async function requireWritable(html: string | undefined): Promise<void> {
  const problem = html === undefined ? null : await whyNotWritable(html);
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
