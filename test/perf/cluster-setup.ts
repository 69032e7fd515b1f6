/** Gateways that share their batches in Redis, or one on SQLite, each with cores of its own where there are enough. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { PictureFile } from '../../src/cli/batch/pictures.ts';
import { HURRY_MS } from '../../src/core/policies/batching.ts';
import { RedisServer } from '../support/redis-server.ts';
import { runBatch } from './batch-run.ts';
import { startGateway } from './contenders.ts';
import { onCores } from './cores.ts';
import { warmUp } from './measure.ts';
import type { ServerProcess } from './server-process.ts';
import type { Subject } from './subject.ts';

const WARM_UP_FILES = 1000;
const NEVER = new AbortController().signal;

export interface ClusterSetup {
  readonly store: 'Redis' | 'SQLite';
  readonly gateways: number;
  /** Of each gateway. */
  readonly workers: number;
}

export interface Places {
  readonly load: string;
  readonly redis: string;
  /** One for each worker of all gateways; null if there are too few. */
  readonly workers: readonly string[] | null;
}

export interface Cluster {
  readonly gateways: readonly ServerProcess[];
  readonly dataDir: string;
  /** On which cores each gateway is. */
  readonly where: readonly string[];
  /** Of all gateways, and of Redis, since their start. */
  cpuMs(): Promise<{ readonly gateways: number; readonly redis: number | undefined }>;
  stop(): Promise<void>;
}

/** The last `workers` of the cores are for gateways, the first one for Redis if there is one more beside the load's. */
export function placesOn(cores: readonly string[], workers: number): Places {
  const all = cores.join(',');
  if (cores.length <= workers) return { load: all, redis: all, workers: null };
  const [redis, ...others] = cores.slice(0, -workers) as [string, ...string[]];
  return { load: others.length > 0 ? others.join(',') : redis, redis, workers: cores.slice(-workers) };
}

/** Warm, and nobody is expected to be in a hurry any more. */
export async function openCluster(
  setup: ClusterSetup,
  places: Places,
  subject: Subject,
  photos: readonly PictureFile[],
  flags: readonly string[] = [],
): Promise<Cluster> {
  const dataDir = mkdtempSync(join(tmpdir(), 'warmpool-bench-'));
  const redis = setup.store === 'Redis' ? await onCores(places.redis, () => RedisServer.start()) : null;
  const gateways: ServerProcess[] = [];
  const stop = async () => {
    await Promise.all(gateways.map((gateway) => gateway.stop()));
    await redis?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  const where = coresOf(setup, places);
  const workers = String(setup.workers);
  const shared = [...(redis ? ['--redis-url', redis.url] : []), '--data-dir', dataDir, ...flags];
  try {
    for (const cores of where) {
      const start = () => startGateway(subject, '--reserved', workers, '--max-workers', workers, ...shared);
      gateways.push(await onCores(cores, start));
    }
    await Promise.all(gateways.map((gateway) => warmUp(gateway, subject)));
    await wait(HURRY_MS);
    await runBatch(gateways[0] as ServerProcess, photos.slice(0, WARM_UP_FILES), NEVER);
  } catch (error) {
    await stop();
    throw error;
  }
  const cpuMs = async () => {
    const usages = await Promise.all(gateways.map((gateway) => gateway.usage()));
    const sum = usages.reduce((total, usage) => total + usage.cpuMs, 0);
    return { gateways: sum, redis: redis ? await redisCpuMs(redis.url) : undefined };
  };
  return { gateways, dataDir, where, cpuMs, stop };
}

function coresOf({ gateways, workers }: ClusterSetup, places: Places): string[] {
  return Array.from({ length: gateways }, (_, i) => {
    return places.workers?.slice(i * workers, (i + 1) * workers).join(',') ?? places.load;
  });
}

async function redisCpuMs(url: string): Promise<number> {
  const redis = new Redis(url);
  const info = await redis.info('cpu');
  redis.disconnect();
  const seconds = (name: string) => Number(new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]);
  return 1000 * (seconds('used_cpu_user') + seconds('used_cpu_sys'));
}
