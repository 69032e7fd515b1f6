/**
 * Every setting of the gateway, once: its flag, its environment variable, its default and its meaning. The command line,
 * the help text and the table in docs/settings.md are made from this list.
 */
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { ENGINE_NAMES } from '../core/contracts/engines.ts';
import { batchSettings } from './batches.ts';
import { parseDrill } from './drill.ts';
import { KEEP_ALIVE_FORMS, POLICY_NAMES, parseKeepAlive } from './policies.ts';
import { parseSchedule } from './schedule.ts';
import {
  amount,
  ConfigError,
  count,
  flagOf,
  oneOf,
  readSettings,
  type Setting,
  type Values,
  written,
} from './setting.ts';
import { isTimeZone, machineTimeZone } from './time-zone.ts';

const MiB = 2 ** 20;

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
    fallback: defaultModelDir,
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
    fallback: () => Math.max(1, availableParallelism() - 1),
    defaultText: 'cores − 1, at least 1',
    help: 'workers of the default model that are always warm',
  },
  maxWorkers: {
    env: 'WARMPOOL_MAX_WORKERS',
    schema: count(1, 1024),
    fallback: () => availableParallelism(),
    defaultText: 'cores',
    help: 'most workers at once, reserved and on-demand',
  },
  schedule: {
    env: 'WARMPOOL_SCHEDULE',
    schema: written(parseSchedule).nullable(),
    fallback: null,
    defaultText: 'none',
    help:
      'reserved workers by the clock instead of --reserved: CRON = N, several separated by ";", ' +
      'such as 0 8 * * mon-fri = 4; 0 20 * * * = 1',
  },
  timeZone: {
    env: 'WARMPOOL_TIME_ZONE',
    schema: z.string().refine(isTimeZone, 'a time zone that is known here, such as Europe/Berlin'),
    fallback: machineTimeZone,
    defaultText: "the machine's",
    help: 'time zone of --schedule, by its IANA name',
  },
  policy: {
    env: 'WARMPOOL_POLICY',
    schema: oneOf(...POLICY_NAMES),
    fallback: 'target-wait',
    help:
      'when on-demand workers start: target-wait; or, to compare, spill (one for each request that finds no idle ' +
      'worker, as clouds do), concurrency (as Knative does), never (a fixed pool)',
  },
  targetWait: {
    env: 'WARMPOOL_TARGET_WAIT',
    schema: amount('a number above 0', (ms) => ms > 0).nullable(),
    fallback: null,
    defaultText: 'a quarter of a service time',
    help: 'predicted wait, in ms, above which target-wait starts a worker',
  },
  targetShare: {
    env: 'WARMPOOL_TARGET_SHARE',
    schema: amount('a number above 0 and up to 1', (share) => share > 0 && share <= 1),
    fallback: 0.7,
    help: 'share of its time that a worker is to work under the policy concurrency',
  },
  keepAlive: {
    env: 'WARMPOOL_KEEP_ALIVE',
    schema: written(parseKeepAlive),
    fallback: 'fixed:60s',
    help:
      `how long an on-demand worker stays without work: ${KEEP_ALIVE_FORMS}; ` +
      'WEIGHT is what a second of cold start is worth in seconds of an idle worker',
  },
  queueLimit: {
    env: 'WARMPOOL_QUEUE_LIMIT',
    schema: count(0),
    fallback: 1000,
    help: 'most requests of one priority waiting at once',
  },
  maxBatch: {
    env: 'WARMPOOL_MAX_BATCH',
    schema: count(1, 256),
    fallback: 8,
    help: 'most waiting requests that one worker takes together',
  },
  maxBulkBatch: {
    env: 'WARMPOOL_MAX_BULK_BATCH',
    schema: count(1, 256),
    fallback: 4,
    help: 'as --max-batch, of BULK requests and pictures of batches while no others come; while they do it is 1',
  },
  batchDelay: {
    env: 'WARMPOOL_BATCH_DELAY',
    schema: count(0, 10_000),
    fallback: 0,
    help: 'how long a request may wait beside an idle worker for others to be taken with it, in ms',
  },
  bulkShare: {
    env: 'WARMPOOL_BULK_SHARE',
    schema: amount('a number from 0 and below 1', (share) => share >= 0 && share < 1),
    fallback: 0.1,
    help: 'share of the work that requests of priority BULK are sure of while interactive ones wait',
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
  ...batchSettings,
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
  drill: {
    env: 'WARMPOOL_DRILL',
    schema: written(parseDrill).nullable(),
    fallback: null,
    defaultText: 'none',
    help:
      'faults to inject, to compare policies: cold-start=10s,service=38ms,slow=1/4x3,crash=1/500 (or some of these) ' +
      'delays every start by 10 s, takes at least 38 ms per picture, has every 4th worker take 3 times as long ' +
      'and ends the worker of every 500th dispatch',
  },
} satisfies Record<string, Setting>;

export type SettingName = keyof typeof settings;
export type Config = Values<typeof settings>;
export const SETTINGS: Readonly<Record<SettingName, Setting>> = settings;

/** `settings` are those that the command has; all others have their defaults, whatever the environment says. */
export function loadConfig(
  settings: Partial<Record<SettingName, Setting>>,
  flags: Partial<Record<SettingName, string>>,
  env: Readonly<Record<string, string | undefined>>,
): Config {
  const defaults = readSettings(SETTINGS, {}, {}).values;
  const { values, sources } = readSettings(settings as typeof SETTINGS, flags, env);
  const config = { ...defaults, ...values } as Config;
  const { reserved, maxWorkers, maxUploadBytes, uploadMemory } = config;
  const sourceOf = (name: SettingName) => sources[name] ?? `the default of ${flagOf(name)}`;

  if (sources.reserved && reserved > maxWorkers) {
    throw new ConfigError(
      `${sourceOf('reserved')} is ${reserved}, ${sourceOf('maxWorkers')} is ${maxWorkers}: ` +
        `${flagOf('maxWorkers')} must be at least as large as ${flagOf('reserved')}.`,
    );
  }
  const tooMany = config.schedule?.find((entry) => entry.reserved > maxWorkers);
  if (tooMany) {
    throw new ConfigError(
      `${sourceOf('schedule')} has the entry ${JSON.stringify(tooMany.text)}, ${sourceOf('maxWorkers')} is ` +
        `${maxWorkers}: ${flagOf('maxWorkers')} must be at least as large as what is reserved.`,
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
  return fileURLToPath(new URL('../../model', import.meta.url));
}

/** None of what is no folder, or cannot be read. */
function entries(path: string): string[] {
  try {
    return readdirSync(path).map((name) => join(path, name));
  } catch {
    return [];
  }
}
