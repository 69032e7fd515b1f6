/** The composition root: which scheduler, policy, engines, workers and server a gateway is made of. */
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { EngineName } from '../core/contracts/engines.ts';
import type { EventSink } from '../core/contracts/ports.ts';
import { Scheduler } from '../core/scheduler.ts';
import { startGraphQL } from '../graphql/apollo.ts';
import type { Gateway, ServedGateway } from '../graphql/gateway.ts';
import { createServer } from '../http/server.ts';
import type { ModelVersion } from '../models/manifest.ts';
import { ModelRepository } from '../models/repository.ts';
import { withDrill } from '../pool/drill.ts';
import { ScheduledFloor } from '../pool/schedule/scheduled-floor.ts';
import { systemClock } from '../pool/system-clock.ts';
import { type SpawnWorker, WarmPool } from '../pool/warm-pool.ts';
import { WorkerSlot } from '../pool/worker-slot.ts';
import type { Config } from '../settings/gateway.ts';
import { scalingPolicy } from '../settings/policies.ts';
import { ConfigError } from '../settings/setting.ts';
import { selectEngine } from '../worker/engine/select.ts';
import { hasFastJpeg } from '../worker/image/decode-fast-jpeg.ts';

/** Until they are measured: what one request and one cold start take, in ms. */
const ASSUMED = { serviceMs: 10, coldStartMs: 250 };
/** Requests without a deadline go before those that come so much later with one, in ms. */
const PATIENCE_MS = 30_000;

/** Opens the models and starts the reserved workers; `gateway.pool.isReady()` says when they are warm. */
export async function openGateway(config: Config, events: EventSink, log: Logger): Promise<Gateway> {
  if (!hasFastJpeg) log.warn('no libjpeg-turbo for this platform: JPEGs are decoded by sharp, at twice the cost');
  const repository = await ModelRepository.open(config.modelDir);
  const engines = await selectEngines(config.engine, repository.versions, log);
  const engineOf = (version: ModelVersion) => engines.get(version) as EngineName;
  const defaultModel = findDefaultModel(config.model, repository);
  const scheduler = new Scheduler({
    maxWorkers: config.maxWorkers,
    queueLimit: config.queueLimit,
    promiseLimit: config.promiseLimit,
    bulkShare: config.bulkShare,
    patienceMs: PATIENCE_MS,
    taskTimeoutMs: config.taskTimeout,
    startTimeoutMs: config.startTimeout,
    maxBatch: config.maxBatch,
    maxBulkBatch: config.maxBulkBatch,
    batchDelayMs: config.batchDelay,
    scaling: scalingPolicy(config.policy, config),
    keepAlive: config.keepAlive,
    random: Math.random,
    assumed: ASSUMED,
  });
  // A picture that decodes for longer than half of the task's limit fails alone, before its worker is taken down.
  const limits = { maxPixels: config.maxPixels, timeoutSeconds: Math.max(1, Math.floor(config.taskTimeout / 2000)) };
  const spawn: SpawnWorker = (key, onEnded) => {
    const version = repository.resolve(key);
    return new WorkerSlot({ version, engine: engineOf(version), limits }, onEnded);
  };
  const { drill } = config;
  if (drill) log.warn({ drill }, 'FAULT DRILL: these faults are injected on purpose');
  const pool = new WarmPool({
    scheduler,
    clock: systemClock,
    events,
    spawn: drill ? withDrill(spawn, drill, systemClock) : spawn,
  });
  // A schedule has its own number, and sets it as soon as it is started.
  pool.provision(defaultModel.key, config.schedule ? 0 : config.reserved);
  return { repository, defaultModel, engineOf, pool, maxWorkers: config.maxWorkers };
}

/** Starts what the schedule says of the default model's reserved workers; null without a schedule. */
export function startSchedule({ pool, defaultModel }: Gateway, config: Config, log: Logger): ScheduledFloor | null {
  const { schedule: entries, timeZone } = config;
  if (!entries) return null;
  const schedule = { entries, timeZone };
  return new ScheduledFloor({ schedule, pool, model: defaultModel.key, clock: systemClock, wallClock: Date.now, log });
}

export async function openServer(
  gateway: ServedGateway,
  config: Config,
  adminToken: string,
  events: EventSink,
): Promise<FastifyInstance> {
  const { maxUploadBytes, uploadMemory, uploadTimeout, maxSubscriptions } = config;
  const uploads = { maxBytes: maxUploadBytes, memoryBytes: uploadMemory };
  const graphql = await startGraphQL({ gateway, events, adminToken, uploads, maxSubscriptions });
  const batch = { maxFiles: config.batchFiles, maxBytes: config.batchBytes, timeoutMs: config.batchTimeout };
  const limits = { maxUploadBytes, uploadTimeout, batch, maxWebSockets: maxSubscriptions };
  return createServer({ graphql, events, trouble: () => troubleOf(gateway), ...limits });
}

/** Why this gateway should have no traffic; null if it may have some. */
function troubleOf({ pool, batches }: ServedGateway): string | null {
  return pool.isReady() ? batches.trouble() : 'the reserved workers are not all warm';
}

async function selectEngines(requested: Config['engine'], versions: readonly ModelVersion[], log: Logger) {
  const engines = new Map<ModelVersion, EngineName>();
  for (const version of versions) {
    const { engine, skipped } = await selectEngine(requested, version);
    engines.set(version, engine);
    log.info({ model: version.key, engine, skipped }, 'engine selected');
  }
  return engines;
}

function findDefaultModel(reference: string | null, repository: ModelRepository): ModelVersion {
  if (reference !== null) return repository.resolve(reference);
  const names = [...new Set(repository.versions.map(({ name }) => name))];
  const [only, ...others] = names;
  if (only === undefined || others.length > 0) {
    throw new ConfigError(`The repository has the models ${names.join(', ')}; say with --model which is the default.`);
  }
  return repository.resolve(only);
}
