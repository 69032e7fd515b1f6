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
  optional,
  readSettings,
  type Setting,
  setting,
  type Values,
  withVariables,
  written,
} from './setting.ts';
import { isTimeZone, machineTimeZone } from './time-zone.ts';

const MiB = 2 ** 20;

const settings = withVariables(
  {
    port: setting(count(0, 65_535), 4000, 'TCP port; 0 takes a free one'),
    host: setting(z.string(), '127.0.0.1', 'address to listen on; 0.0.0.0 for all'),
    modelDir: setting(
      z.string().refine(isFolder, 'an existing folder'),
      defaultModelDir,
      'model repository, a folder of NAME/VERSION/manifest.json',
      './model if that is a model repository, else the models that ship with Warmpool',
    ),
    model: optional(
      z.string(),
      'model of the requests that name none: name, name@alias or name@version',
      'the only one in the repository',
    ),
    engine: setting(
      oneOf('auto', ...ENGINE_NAMES),
      'auto',
      `auto or ${ENGINE_NAMES.join(', ')}; auto takes the first that works here; synthetic is for tests`,
    ),
    reserved: setting(
      count(0, 1024),
      () => Math.max(1, availableParallelism() - 1),
      'workers of the default model that are always warm',
      'cores − 1, at least 1',
    ),
    maxWorkers: setting(
      count(1, 1024),
      () => availableParallelism(),
      'most workers at once, reserved and on-demand',
      'cores',
    ),
    schedule: optional(
      written(parseSchedule),
      'reserved workers by the clock instead of --reserved: CRON = N, several separated by ";", ' +
        'such as 0 8 * * mon-fri = 4; 0 20 * * * = 1',
    ),
    timeZone: setting(
      z.string().refine(isTimeZone, 'a time zone that is known here, such as Europe/Berlin'),
      machineTimeZone,
      'time zone of --schedule, by its IANA name',
      "the machine's",
    ),
    policy: setting(
      oneOf(...POLICY_NAMES),
      'target-wait',
      'when on-demand workers start: target-wait; or, to compare, spill (one for each request that finds no idle ' +
        'worker, as clouds do), concurrency (as Knative does), never (a fixed pool)',
    ),
    targetWait: optional(
      amount('a number above 0', (ms) => ms > 0),
      'predicted wait, in ms, above which target-wait starts a worker',
      'a quarter of a service time',
    ),
    targetShare: setting(
      amount('a number above 0 and up to 1', (share) => share > 0 && share <= 1),
      0.7,
      'share of its time that a worker is to work under the policy concurrency',
    ),
    keepAlive: setting(
      written(parseKeepAlive),
      'fixed:60s',
      `how long an on-demand worker stays without work: ${KEEP_ALIVE_FORMS}; ` +
        'WEIGHT is what a second of cold start is worth in seconds of an idle worker',
    ),
    queueLimit: setting(count(0), 1000, 'most requests of one priority waiting at once'),
    maxBatch: setting(count(1, 256), 8, 'most waiting requests that one worker takes together'),
    maxBulkBatch: setting(
      count(1, 256),
      4,
      'as --max-batch, of BULK requests and pictures of batches while no others come; while they do it is 1',
    ),
    batchDelay: setting(
      count(0, 10_000),
      0,
      'how long a request may wait beside an idle worker for others to be taken with it, in ms',
    ),
    bulkShare: setting(
      amount('a number from 0 and below 1', (share) => share >= 0 && share < 1),
      0.1,
      'share of the work that requests of priority BULK are sure of while interactive ones wait',
    ),
    taskTimeout: setting(count(100), 30_000, 'longest run of one inference, in ms; after it the worker is replaced'),
    startTimeout: setting(count(100), 60_000, 'longest start of a worker, in ms; after it the start counts as failed'),
    maxUploadBytes: setting(count(1, 1024 * MiB), 10 * MiB, 'largest picture file, in bytes'),
    uploadMemory: setting(
      count(1, Number.MAX_SAFE_INTEGER),
      256 * MiB,
      'most bytes of uploads held at once, all requests together; at least 2 × --max-upload-bytes',
    ),
    uploadTimeout: setting(count(100), 30_000, 'longest time for a request to arrive completely, in ms'),
    ...batchSettings,
    maxPixels: setting(count(1), 25_000_000, 'largest picture, width × height'),
    drainTimeout: setting(count(0), 30_000, 'longest wait for running requests at shutdown, in ms'),
    adminToken: optional(
      z.string().regex(/^\S{16,}$/, '16 or more characters without whitespace'),
      'bearer token of the admin operations, 16 or more characters without whitespace',
      'made at start and printed',
    ),
    logLevel: setting(
      oneOf('debug', 'info', 'warn', 'error', 'silent'),
      'info',
      'debug, info, warn, error or silent; logs are JSON lines on stderr',
    ),
    drill: optional(
      written(parseDrill),
      'faults to inject, to compare policies: cold-start=10s,service=38ms,slow=1/4x3,crash=1/500 (or some of these) ' +
        'delays every start by 10 s, takes at least 38 ms per picture, has every 4th worker take 3 times as long ' +
        'and ends the worker of every 500th dispatch',
    ),
  },
  ['port', 'host'],
);

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
