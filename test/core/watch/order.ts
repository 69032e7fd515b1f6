/** Who is served next, and what is said of it. */
import type { Binding, Command, ModelKey } from '../../../src/core/contracts/types.ts';
import { isWarm, type WorkerRecord } from '../records.ts';
import type { VirtualPool } from '../virtual-pool.ts';
import { must } from './must.ts';

type Dispatch = Extract<Command, { type: 'dispatch' }>;

/**
 * One class, no more than `maxBatch`: those of the class whose turn it is with the earliest deadlines; a retried one
 * kept its place and goes alone. Only a spilled request comes from elsewhere than the head of the queue: from its worker.
 */
export function batchIsDue({ worker: id, batch }: Dispatch, pool: VirtualPool): void {
  const worker = pool.workers.get(id);
  if (!worker) throw new Error(`worker ${id} was given a batch, but there is none`);
  const jobs = batch.map(({ job }) => pool.job(job));
  for (const job of jobs) must(job.bindings.length < 2, `${job.id} was given to a worker for the third time`);
  for (const binding of batch) bindingIsTrue(binding, worker, pool);
  const ids = jobs.map((job) => job.id);
  if (jobs[0]?.state === 'bound') {
    must(pool.options.scaling.name === 'spill', `${ids} was bound to a worker before it was warm`);
    must(`${ids}` === `${worker.batch}`, `worker ${id} was started for ${worker.batch}, and runs ${ids}`);
    return;
  }
  must(batch.length <= pool.options.maxBatch, `worker ${id} was given ${batch.length} requests`);
  const due = pool.line.batch(worker.model, Math.max(1, batch.length)).map((job) => job.id);
  must(`${ids}` === `${due}`, `worker ${id} of ${worker.model} was given ${ids}; it was the turn of ${due}`);
}

function bindingIsTrue(binding: Binding, worker: WorkerRecord, pool: VirtualPool): void {
  const job = pool.job(binding.job);
  const truth: Binding = {
    job: job.id,
    queueMs: pool.now - job.submittedAt,
    predictedWaitMs: job.bindings[0]?.predictedWaitMs ?? binding.predictedWaitMs,
    coldStart: worker.warmAt > job.submittedAt,
    spilled: job.state === 'bound',
    retried: job.bindings.length > 0,
    startReason: worker.reason,
  };
  for (const fact of Object.keys(truth) as (keyof Binding)[]) {
    must(binding[fact] === truth[fact], `${job.id} is said to have ${fact} ${binding[fact]}; it is ${truth[fact]}`);
  }
  const { predictedWaitMs } = binding;
  // But for rounding.
  must(predictedWaitMs >= 0 && predictedWaitMs < 1e12, `${job.id} was foretold a wait of ${predictedWaitMs} ms`);
}

/** While both classes wait, each has its share of the dispatched requests, but for one of its own and the rest of a batch. */
export function sharesHold(model: ModelKey, pool: VirtualPool): void {
  const { bulkShare, maxBatch } = pool.options;
  const { interactive, bulk } = pool.line.contest(model);
  const ideal = bulkShare * (interactive + bulk);
  const seen = `bulk of ${model} got ${bulk} of ${interactive + bulk} dispatches, its share is ${bulkShare}`;
  must(bulk >= ideal - 1 - (maxBatch - 1) * bulkShare - 1e-6, seen);
  must(bulk <= ideal + (maxBatch - 1) * (1 - bulkShare) + 1e-6, seen);
}

/** A worker is started ahead of a need only by the timer's hand, and otherwise only while somebody needs it. */
export function startIsNeeded({ model, kind, reason }: Extract<Command, { type: 'start' }>, pool: VirtualPool): void {
  if (kind === 'reserved' || pool.options.scaling.name === 'concurrency') return;
  must(pool.options.scaling.name !== 'never', `an on-demand worker of ${model} was started: ${reason}`);
  const waiting = pool.line.waiting(model, 'interactive').length + pool.line.waiting(model, 'bulk').length;
  const own = [...pool.workers.values()].filter((worker) => worker.model === model && !worker.stopped);
  if (reason === 'the next request is expected') {
    must(pool.options.keepAlive.name === 'histogram', `${model} was warmed ahead by ${pool.options.keepAlive.name}`);
  } else if (pool.options.scaling.name === 'spill') {
    const idle = own.find((worker) => isWarm(worker) && worker.batch === null);
    must(waiting > 0, `a worker of ${model} was started for no request`);
    must(!idle, `a worker of ${model} was started for a request beside the idle worker ${idle?.id}`);
  } else {
    const starting = own.filter((worker) => !isWarm(worker)).length;
    must(starting < waiting, `${starting + 1} workers of ${model} start for ${waiting} requests`);
  }
}
