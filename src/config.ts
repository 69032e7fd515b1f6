/**
 * Every setting, once: its flag, its environment variable, its default and its meaning. The command line, the help text
 * and the README's table are made from this list. A flag beats the environment, the environment beats the default.
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { ENGINE_NAMES } from './engine/engine.ts';

const cores = availableParallelism();
const count = (least: number, most = 2 ** 31 - 1) => z.coerce.number().int().min(least).max(most);
const MiB = 2 ** 20;

export interface Setting {
  readonly env: string;
  readonly schema: z.ZodType;
  readonly fallback: string | number | null;
  /** What it is, with its unit. */
  readonly help: string;
}

/** A `null` default means that the help text says what happens instead. */
const settings = {
  port: { env: 'PORT', schema: count(0, 65_535), fallback: 4000, help: 'TCP port; 0 takes a free one' },
  host: {
    env: 'HOST',
    schema: z.string().min(1),
    fallback: '127.0.0.1',
    help: 'address to listen on; 0.0.0.0 for all',
  },
  modelDir: {
    env: 'WARMPOOL_MODEL_DIR',
    schema: z.string().refine(existsSync, 'an existing folder'),
    fallback: './model',
    help: 'model repository, a folder of NAME/VERSION/manifest.json',
  },
  model: {
    env: 'WARMPOOL_MODEL',
    schema: z.string().min(1).nullable(),
    fallback: null,
    help: 'default model: name, name@alias or name@version (default: the only one in the repository)',
  },
  engine: {
    env: 'WARMPOOL_ENGINE',
    schema: z.enum(['auto', ...ENGINE_NAMES]),
    fallback: 'auto',
    help: `auto or ${ENGINE_NAMES.join(', ')}; auto takes the first that works here; synthetic is for tests`,
  },
  reserved: {
    env: 'WARMPOOL_RESERVED',
    schema: count(0, 1024),
    fallback: Math.max(1, cores - 1),
    help: 'workers of the default model that are always warm (default: cores − 1, at least 1)',
  },
  maxWorkers: {
    env: 'WARMPOOL_MAX_WORKERS',
    schema: count(1, 1024),
    fallback: cores,
    help: 'most workers at once, reserved and on-demand (default: cores)',
  },
  policy: {
    env: 'WARMPOOL_POLICY',
    schema: z.enum(['target-wait', 'never']),
    fallback: 'target-wait',
    help: 'when on-demand workers start: target-wait, or never (a fixed pool)',
  },
  targetWait: {
    env: 'WARMPOOL_TARGET_WAIT',
    schema: z.coerce.number().positive().nullable(),
    fallback: null,
    help: 'predicted wait, in ms, above which target-wait starts a worker (default: one service time)',
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
    help: 'most bytes of uploads held at once, all requests together',
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
    schema: z.string().min(16).nullable(),
    fallback: null,
    help: 'bearer token of the admin operations, 16 characters or more (default: made at start and printed)',
  },
  logLevel: {
    env: 'WARMPOOL_LOG_LEVEL',
    schema: z.enum(['debug', 'info', 'warn', 'error', 'silent']),
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

/** A wrong setting: the message quotes the value and says what would have been right. */
export class ConfigError extends Error {}

export function loadConfig(
  flags: Partial<Record<SettingName, string>>,
  env: Readonly<Record<string, string | undefined>>,
): Config {
  const config: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(SETTINGS)) {
    const flag = flags[name as SettingName];
    const [source, value] = flag !== undefined ? [flagOf(name), flag] : [setting.env, env[setting.env] || undefined];
    const parsed = setting.schema.safeParse(value ?? fallbackOf(name as SettingName));
    if (!parsed.success) {
      const wrong = parsed.error.issues.map((issue) => issue.message).join('; ');
      throw new ConfigError(`${source} is ${JSON.stringify(value)}: ${wrong}. It means: ${setting.help}.`);
    }
    config[name] = parsed.data;
  }
  const { reserved, maxWorkers } = config as Config;
  const chosen = flags.reserved !== undefined || env[SETTINGS.reserved.env];
  if (!chosen) config.reserved = Math.min(reserved, maxWorkers);
  else if (reserved > maxWorkers) {
    throw new ConfigError(
      `${flagOf('reserved')} is ${reserved}, ${flagOf('maxWorkers')} is ${maxWorkers}: ` +
        'it must be at least as large, or the reserved workers find no place.',
    );
  }
  return config as Config;
}

/** The models that ship with Warmpool serve where the working directory has none. */
function fallbackOf(name: SettingName): string | number | null {
  const { fallback } = SETTINGS[name];
  if (name !== 'modelDir' || existsSync(String(fallback))) return fallback;
  return fileURLToPath(new URL('../model', import.meta.url));
}
