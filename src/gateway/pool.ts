/** Models on workers: which versions, engines, scheduler, policies and workers the pool of a gateway is made of. */
import type { Logger } from 'pino';
import type { EngineName } from '../core/contracts/engines.ts';
import type { EventSink } from '../core/contracts/ports.ts';
import { Scheduler } from '../core/scheduler.ts';
import type { Gateway } from '../graphql/gateway.ts';
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
import { selectEngines } from '../worker/engine/select.ts';
import { hasFastJpeg } from '../worker/image/decode-fast-jpeg.ts';
import { allowPictureFormats } from '../worker/image/decode-with-sharp.ts';

/** Until they are measured: what one request and one cold start take, in ms. */
const ASSUMED = { serviceMs: 10, coldStartMs: 250 };
/** Requests without a deadline go before those that come so much later with one, in ms. */
const PATIENCE_MS = 30_000;

/** Opens the models and starts the reserved workers; `pool.isReady()` says when they are warm. To be closed by `pool.close()`. */
export async function openPool(config: Config, events: EventSink, log: Logger): Promise<Gateway> {
  if (!hasFastJpeg()) log.warn('no libjpeg-turbo for this platform: JPEGs are decoded by sharp, at twice the cost');
  // For the whole process, so before the first worker starts.
  allowPictureFormats();
  const repository = await ModelRepository.open(config.modelDir);
  const engines = await openEngines(config, repository, log);
  const engineOf = (version: ModelVersion) => engines.get(version) as EngineName;
  const defaultModel = findDefaultModel(config.model, repository);
  const { drill, maxWorkers } = config;
  if (drill) log.warn({ drill }, 'FAULT DRILL: these faults are injected on purpose');
  const spawn = spawnOf(config, repository, engineOf);
  const pool = new WarmPool({
    scheduler: schedulerOf(config),
    clock: systemClock,
    events,
    spawn: drill ? withDrill(spawn, drill, systemClock) : spawn,
  });
  // A schedule has its own number, and sets it as soon as it is started.
  pool.provision(defaultModel.key, config.schedule ? 0 : config.reserved);
  return { repository, defaultModel, engineOf, pool, maxWorkers };
}

/** Starts what the schedule says of the default model's reserved workers; null without a schedule. */
export function startSchedule({ pool, defaultModel }: Gateway, config: Config, log: Logger): ScheduledFloor | null {
  const { schedule: entries, timeZone } = config;
  if (!entries) return null;
  const schedule = { entries, timeZone };
  return new ScheduledFloor({ schedule, pool, model: defaultModel.key, clock: systemClock, wallClock: Date.now, log });
}

function schedulerOf(config: Config): Scheduler {
  const { maxWorkers, queueLimit, bulkShare, maxBatch, maxBulkBatch, keepAlive } = config;
  return new Scheduler({
    ...{ maxWorkers, queueLimit, bulkShare, maxBatch, maxBulkBatch, keepAlive },
    patienceMs: PATIENCE_MS,
    taskTimeoutMs: config.taskTimeout,
    startTimeoutMs: config.startTimeout,
    batchDelayMs: config.batchDelay,
    scaling: scalingPolicy(config.policy, config),
    random: Math.random,
    assumed: ASSUMED,
  });
}

function spawnOf(config: Config, models: ModelRepository, engineOf: Gateway['engineOf']): SpawnWorker {
  // A picture that decodes for longer than half of the task's limit fails alone, before its worker is taken down.
  const timeoutSeconds = Math.max(1, Math.floor(config.taskTimeout / 2000));
  const limits = { maxPixels: config.maxPixels, timeoutSeconds };
  return (key, onEnded) => {
    const version = models.resolve(key);
    return new WorkerSlot({ version, engine: engineOf(version), limits }, onEnded);
  };
}

async function openEngines({ engine: requested }: Config, { versions }: ModelRepository, log: Logger) {
  const selections = await selectEngines(requested, versions);
  for (const [{ key: model }, selection] of selections) log.info({ model, ...selection }, 'engine selected');
  return new Map([...selections].map(([version, { engine }]) => [version, engine]));
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
