/** Batches: which store, spool and limits they are made of. */
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { Batches, bulkConcurrency } from '../batches/batches.ts';
import type { ClusterView } from '../batches/cluster-view.ts';
import { runThroughPool } from '../batches/run-item.ts';
import { Spool } from '../batches/spool/spool.ts';
import { openSqliteStore } from '../batches/sqlite/sqlite-store.ts';
import type { BatchStore } from '../batches/store.ts';
import type { EventSink } from '../core/contracts/ports.ts';
import type { ServedGateway } from '../graphql/gateway.ts';
import type { ModelRepository } from '../models/repository.ts';
import { systemClock } from '../pool/system-clock.ts';
import type { WarmPool } from '../pool/warm-pool.ts';
import type { Config } from '../settings/gateway.ts';
import { ConfigError } from '../settings/setting.ts';

/** Between two looks for batches that may go, in ms. */
const RETENTION_INTERVAL_MS = 60_000;

export interface BatchParts {
  readonly pool: WarmPool;
  readonly repository: ModelRepository;
  readonly events: EventSink;
  readonly log: Logger;
}

/** Takes up what an earlier process left. */
export async function openBatches(
  config: Config,
  parts: BatchParts,
): Promise<Pick<ServedGateway, 'batches' | 'cluster'>> {
  const { pool, repository, events } = parts;
  // Whoever knows a batch's id may read it, and the ids are in there.
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 }).catch((error: Error) => {
    throw new ConfigError(`The data folder ${config.dataDir} cannot be made: ${error.message}`);
  });
  const { store, cluster } = await openStore(config, parts);
  const spool = new Spool({ folder: join(config.dataDir, 'spool'), quotaBytes: config.spoolBytes });
  const batches = new Batches({
    store,
    spool,
    run: runThroughPool({
      spool,
      models: repository,
      submit: (request) => pool.submit(request),
      clock: systemClock,
      events,
      patienceMs: config.taskTimeout,
    }),
    clock: systemClock,
    wallClock: Date.now,
    events,
    options: {
      maxFiles: config.batchFiles,
      maxFileBytes: config.maxUploadBytes,
      maxBatchBytes: config.batchBytes,
      maxUploads: config.batchUploads,
      maxLag: config.subscriptionLag,
      concurrency: config.batchConcurrency ?? bulkConcurrency(config.maxWorkers, config.maxBulkBatch),
      maxAgeMs: config.batchAge * 1000,
      keep: config.batchKeep,
      intervalMs: RETENTION_INTERVAL_MS,
    },
  });
  await batches.start();
  return { batches, cluster };
}

interface OpenStore {
  readonly store: BatchStore;
  readonly cluster: ClusterView | null;
}

async function openStore(config: Config, { pool, log }: BatchParts): Promise<OpenStore> {
  const { redisUrl: url, redisPrefix: prefix, stallInterval: stallIntervalMs, dataDir, port } = config;
  if (url === null) return { store: openFile(dataDir), cluster: null };
  // Whatever it listens on, 0.0.0.0 or localhost as a rule, would not tell it from the others.
  const describe = () => ({ address: `${hostname()}:${port}`, workers: warmWorkers(pool) });
  const onError = (error: Error) => log.warn({ error: error.message }, 'the batches in Redis');
  const onAvailability = (trouble: string | null) =>
    trouble === null ? log.info('Redis is there again') : log.warn({ trouble }, 'batches cannot be used for now');
  // What it needs takes a quarter of the start of a gateway, and most have no Redis.
  const { openRedisStore } = await import('../batches/redis/redis-store.ts');
  const terms = { url, prefix, stallIntervalMs, clock: systemClock };
  const store = await openRedisStore({ ...terms, describe, onError, onAvailability });
  return { store, cluster: store };
}

function warmWorkers(pool: WarmPool): number {
  return pool.stats().workers.filter(({ state }) => state === 'idle' || state === 'busy').length;
}

function openFile(dataDir: string): BatchStore {
  try {
    return openSqliteStore(join(dataDir, 'batches.db'));
  } catch (error) {
    throw new ConfigError(`${(error as Error).message} Choose another folder with --data-dir.`);
  }
}
