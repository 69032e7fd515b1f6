/** Settings of commands: what kinds of values there are, and how they are read from flags and the environment. */
import { z } from 'zod';
import { UserError } from '../core/contracts/user-error.ts';

// The message of a schema is what a value should have been: it follows "not".
export function count(least: number, most = 2 ** 31 - 1) {
  const right = `a whole number from ${least} to ${most}`;
  return z.coerce.number(right).refine((value) => Number.isInteger(value) && value >= least && value <= most, right);
}

export function oneOf<const Name extends string>(...names: readonly Name[]) {
  return z.enum(names, `one of ${names.join(', ')}`);
}

/** A text with a grammar of its own; the message of the SyntaxError that `parse` throws follows "not", too. */
export function written<Value>(parse: (text: string) => Value) {
  return z.string().transform((text, context) => {
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  });
}

/** A number between two bounds, each of which may be excluded by its words in `right`. */
export function amount(right: string, holds: (value: number) => boolean) {
  return z.coerce.number(right).refine(holds, right);
}

/** A time such as 60s, 500ms or 5m; without a unit, seconds. In seconds. */
export const seconds = written(parseSeconds);

function parseSeconds(text: string): number {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text.trim()) ?? [];
  const seconds = Number(number) * { ms: 0.001, s: 1, m: 60 }[unit as 'ms' | 's' | 'm'];
  if (seconds > 0) return seconds;
  throw new SyntaxError('a time above 0 such as 60s, 500ms or 5m');
}

export interface Setting<Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema;
  readonly fallback: Fallback;
  /** What it is, with its unit. */
  readonly help: string;
  /** How the default is shown, where that is not the value itself. */
  readonly defaultText?: string | undefined;
  /** Its variable in the environment, if it has one. */
  readonly env?: string;
}

/**
 * The default, or what works it out when it is asked for, as it depends on the machine. `null` leaves the choice to the program while it
 * runs: `defaultText` says what it takes.
 */
type Fallback = string | number | null | (() => string | number);

export function setting<Schema extends z.ZodType>(
  schema: Schema,
  fallback: Fallback,
  help: string,
  defaultText?: string,
): Setting<Schema> {
  return { schema, fallback, help, defaultText };
}

/** One that is null by default: whoever uses it chooses then, as `defaultText` says. */
export function optional<Schema extends z.ZodType>(schema: Schema, help: string, defaultText = 'none') {
  return setting(schema.nullable(), null, help, defaultText);
}

/** The same settings with a variable each: `modelDir` has WARMPOOL_MODEL_DIR, and those in `plain` have no prefix. */
export function withVariables<Table extends Readonly<Record<string, Setting>>>(
  table: Table,
  plain: readonly (keyof Table)[],
): Table {
  const variableOf = (name: string) => {
    const words = name.replace(/[A-Z]/g, '_$&').toUpperCase();
    return plain.includes(name) ? words : `WARMPOOL_${words}`;
  };
  const entries = Object.entries(table).map(([name, one]) => [name, { ...one, env: variableOf(name) }]);
  return Object.fromEntries(entries) as Table;
}

/** `modelDir` → `--model-dir` */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** As the help and docs/settings.md show it. */
export function defaultOf({ fallback, defaultText }: Setting): string {
  return defaultText ?? String(fallback);
}

/** As a user would have written it. */
function fallbackOf({ fallback, schema }: Setting): unknown {
  const value = typeof fallback === 'function' ? fallback() : fallback;
  return value === null ? null : schema.parse(value);
}

/** A wrong setting: the message quotes the value and says what would have been right. */
export class ConfigError extends UserError {}

export type Values<Table extends Readonly<Record<string, Setting>>> = {
  readonly [Name in keyof Table]: z.output<Table[Name]['schema']>;
};

export interface Read<Table extends Readonly<Record<string, Setting>>> {
  readonly values: Values<Table>;
  /** The flag or the variable that a value was taken from; null if it is the default. */
  readonly sources: { readonly [Name in keyof Table]: string | null };
}

/** A flag beats the environment, the environment beats the default. Throws ConfigError. */
export function readSettings<Table extends Readonly<Record<string, Setting>>>(
  table: Table,
  flags: { readonly [Name in keyof Table]?: string | undefined },
  env: Readonly<Record<string, string | undefined>>,
): Read<Table> {
  const values: Record<string, unknown> = {};
  const sources: Record<string, string | null> = {};
  for (const [name, setting] of Object.entries(table)) {
    const { env: variable, schema, help } = setting;
    const given = [
      { source: flagOf(name), text: flags[name] },
      ...(variable ? [{ source: variable, text: env[variable] }] : []),
    ].find(({ text }) => text?.trim());
    sources[name] = given?.source ?? null;
    const { data, error } = given ? schema.safeParse(given.text) : { data: fallbackOf(setting), error: null };
    if (error) {
      throw new ConfigError(
        `${given?.source} is ${JSON.stringify(given?.text)}: not ${error.issues[0]?.message}. It means: ${help}.`,
      );
    }
    values[name] = data;
  }
  return { values, sources } as Read<Table>;
}
