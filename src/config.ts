/**
 * Every setting, once: its flag, its environment variable, its default and its meaning. The command line, the help text
 * and the README's table are made from this list. A flag beats the environment, the environment beats the default.
 */
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { ENGINE_NAMES } from './engine/engine.ts';

const cores = availableParallelism();
const MiB = 2 ** 20;

// The message of a schema is what a value should have been: it follows "not".
function count(least: number, most = 2 ** 31 - 1) {
  const right = `a whole number from ${least} to ${most}`;
  return z.coerce.number(right).refine((value) => Number.isInteger(value) && value >= least && value <= most, right);
}

function oneOf<const Name extends string>(...names: readonly Name[]) {
  return z.enum(names, `one of ${names.join(', ')}`);
}

export interface Setting {
  readonly env: string;
  readonly schema: z.ZodType;
  /** The default. `null` leaves the choice to the program while it runs: `defaultText` says what it takes. */
  readonly fallback: string | number | null;
  /** How the default is shown, where that is not the value itself. */
  readonly defaultText?: string;
  /** What it is, with its unit. */
  readonly help: string;
}

const settings = {
  port: { env: 'PORT', schema: count(0, 65_535), fallback: 4000, help: 'TCP port; 0 takes a free one' },
  host: {
    env: 'HOST',
    schema: z.string(),
    fallback: '127.0.0.1',
    help: 'address to listen on; 0.0.0.0 for all',
  },
  modelDir: {
    env: 'WARMPOOL_MODEL_DIR',
    schema: z.string().refine(isFolder, 'an existing folder'),
    fallback: defaultModelDir(),
    defaultText: './model if that is a model repository, else the models that ship with Warmpool',
    help: 'model repository, a folder of NAME/VERSION/manifest.json',
  },
  model: {
    env: 'WARMPOOL_MODEL',
    schema: z.string().nullable(),
    fallback: null,
    defaultText: 'the only one in the repository',
    help: 'model of the requests that name none: name, name@alias or name@version',
  },
  engine: {
    env: 'WARMPOOL_ENGINE',
    schema: oneOf('auto', ...ENGINE_NAMES),
    fallback: 'auto',
    help: `auto or ${ENGINE_NAMES.join(', ')}; auto takes the first that works here; synthetic is for tests`,
  },
  reserved: {
    env: 'WARMPOOL_RESERVED',
    schema: count(0, 1024),
    fallback: Math.max(1, cores - 1),
    defaultText: 'cores − 1, at least 1',
    help: 'workers of the default model that are always warm',
  },
  maxWorkers: {
    env: 'WARMPOOL_MAX_WORKERS',
    schema: count(1, 1024),
    fallback: cores,
    defaultText: 'cores',
    help: 'most workers at once, reserved and on-demand',
  },
  policy: {
    env: 'WARMPOOL_POLICY',
    schema: oneOf('target-wait', 'never'),
    fallback: 'target-wait',
    help: 'when on-demand workers start: target-wait, or never (a fixed pool)',
  },
  targetWait: {
    env: 'WARMPOOL_TARGET_WAIT',
    schema: z.coerce.number('a number above 0').positive('a number above 0').nullable(),
    fallback: null,
    defaultText: 'one service time',
    help: 'predicted wait, in ms, above which target-wait starts a worker',
  },
  keepAlive: {
    env: 'WARMPOOL_KEEP_ALIVE',
    schema: count(0),
    fallback: 60_000,
    help: 'how long an on-demand worker stays without work, in ms',
  },
  queueLimit: { env: 'WARMPOOL_QUEUE_LIMIT', schema: count(0), fallback: 1000, help: 'most requests waiting at once' },
  maxBatch: {
    env: 'WARMPOOL_MAX_BATCH',
    schema: count(1, 256),
    fallback: 8,
    help: 'most waiting requests that one worker takes together',
  },
  taskTimeout: {
    env: 'WARMPOOL_TASK_TIMEOUT',
    schema: count(100),
    fallback: 30_000,
    help: 'longest run of one inference, in ms; after it the worker is replaced',
  },
  startTimeout: {
    env: 'WARMPOOL_START_TIMEOUT',
    schema: count(100),
    fallback: 60_000,
    help: 'longest start of a worker, in ms; after it the start counts as failed',
  },
  maxUploadBytes: {
    env: 'WARMPOOL_MAX_UPLOAD_BYTES',
    schema: count(1, 1024 * MiB),
    fallback: 10 * MiB,
    help: 'largest picture file, in bytes',
  },
  uploadMemory: {
    env: 'WARMPOOL_UPLOAD_MEMORY',
    schema: count(1, Number.MAX_SAFE_INTEGER),
    fallback: 256 * MiB,
    help: 'most bytes of uploads held at once, all requests together; at least 2 × --max-upload-bytes',
  },
  uploadTimeout: {
    env: 'WARMPOOL_UPLOAD_TIMEOUT',
    schema: count(100),
    fallback: 30_000,
    help: 'longest time for a request to arrive completely, in ms',
  },
  maxPixels: {
    env: 'WARMPOOL_MAX_PIXELS',
    schema: count(1),
    fallback: 25_000_000,
    help: 'largest picture, width × height',
  },
  drainTimeout: {
    env: 'WARMPOOL_DRAIN_TIMEOUT',
    schema: count(0),
    fallback: 30_000,
    help: 'longest wait for running requests at shutdown, in ms',
  },
  adminToken: {
    env: 'WARMPOOL_ADMIN_TOKEN',
    schema: z
      .string()
      .regex(/^\S{16,}$/, '16 or more characters without whitespace')
      .nullable(),
    fallback: null,
    defaultText: 'made at start and printed',
    help: 'bearer token of the admin operations, 16 or more characters without whitespace',
  },
  logLevel: {
    env: 'WARMPOOL_LOG_LEVEL',
    schema: oneOf('debug', 'info', 'warn', 'error', 'silent'),
    fallback: 'info',
    help: 'debug, info, warn, error or silent; logs are JSON lines on stderr',
  },
} satisfies Record<string, Setting>;

export type SettingName = keyof typeof settings;
export type Config = { readonly [Name in SettingName]: z.output<(typeof settings)[Name]['schema']> };
export const SETTINGS: Readonly<Record<SettingName, Setting>> = settings;

/** `modelDir` → `--model-dir` */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** As the help and the README show it. */
export function defaultOf({ fallback, defaultText }: Setting): string {
  return defaultText ?? String(fallback);
}

/** A wrong setting: the message quotes the value and says what would have been right. */
export class ConfigError extends Error {}

/** `settings` are those that the command has; all others have their defaults, whatever the environment says. */
export function loadConfig(
  settings: Partial<Record<SettingName, Setting>>,
  flags: Partial<Record<SettingName, string>>,
  env: Readonly<Record<string, string | undefined>>,
): Config {
  const values: Record<string, unknown> = {};
  /** The flag or the variable that a value was taken from. */
  const sources: Partial<Record<string, string>> = {};
  for (const [name, { fallback }] of Object.entries(SETTINGS)) values[name] = fallback;
  for (const [name, { env: variable, schema, fallback, help }] of Object.entries(settings)) {
    values[name] = fallback;
    const given = [
      { source: flagOf(name), text: flags[name as SettingName] },
      { source: variable, text: env[variable] },
    ].find(({ text }) => text?.trim());
    if (!given) continue;
    const { source, text } = given;
    const { data, error } = schema.safeParse(text);
    if (error) {
      throw new ConfigError(
        `${source} is ${JSON.stringify(text)}: not ${error.issues[0]?.message}. It means: ${help}.`,
      );
    }
    values[name] = data;
    sources[name] = source;
  }
  const config = values as Config;
  const { reserved, maxWorkers, maxUploadBytes, uploadMemory } = config;
  const sourceOf = (name: SettingName) => sources[name] ?? `the default of ${flagOf(name)}`;

  if (sources.reserved && reserved > maxWorkers) {
    throw new ConfigError(
      `${sourceOf('reserved')} is ${reserved}, ${sourceOf('maxWorkers')} is ${maxWorkers}: ` +
        `${flagOf('maxWorkers')} must be at least as large as ${flagOf('reserved')}.`,
    );
  }
  if (settings.uploadMemory && 2 * maxUploadBytes > uploadMemory) {
    throw new ConfigError(
      `${sourceOf('maxUploadBytes')} is ${maxUploadBytes}, ${sourceOf('uploadMemory')} is ${uploadMemory}: ` +
        `${flagOf('uploadMemory')} must be at least twice as large as ${flagOf('maxUploadBytes')}, ` +
        'because a file may need twice its size while it is received.',
    );
  }
  return { ...config, reserved: Math.min(reserved, maxWorkers) };
}

function isFolder(path: string): boolean {
  // Nothing has a "." in it but a folder.
  return existsSync(`${path}/.`);
}

/** The working directory may have a folder `model` of another kind: only a model repository is taken. */
function defaultModelDir(): string {
  const versions = entries('./model').flatMap(entries);
  if (versions.some((version) => existsSync(join(version, 'manifest.json')))) return './model';
  return fileURLToPath(new URL('../model', import.meta.url));
}

/** None of what is no folder, or cannot be read. */
function entries(path: string): string[] {
  try {
    return readdirSync(path).map((name) => join(path, name));
  } catch {
    return [];
  }
}
