/** What a simulation counts, recounted from the commands that the scheduler gave. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Command, WorkerId } from '../../../src/core/contracts/types.ts';
import type { Run } from '../../../src/lab/report/run.ts';
import { fork } from '../../../src/lab/workload/random.ts';
import { bursty } from '../../../src/lab/workload/random-arrivals.ts';
import { POLICY_NAMES, parseKeepAlive, scalingPolicy } from '../../../src/settings/policies.ts';
import { figure, openAt, run } from './simulated.ts';

const STOP_MS = 7;

const experiments = fc.record({
  policy: fc.constantFrom(...POLICY_NAMES),
  keepAlive: fc.constantFrom('fixed:0s', 'fixed:300ms', 'fixed:60s', 'histogram', 'cost'),
  reserved: fc.nat({ max: 3 }),
  maxWorkers: fc.integer({ min: 1, max: 5 }),
  maxBatch: fc.constantFrom(1, 1, 3),
  maxBulkBatch: fc.integer({ min: 1, max: 4 }),
  queueLimit: fc.constantFrom(0, 3, 1e9),
  deadlineMs: fc.constantFrom(150, 400, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY),
  coldStartMs: fc.constantFrom(0, 200, 2_000),
  seed: fc.nat({ max: 1e6 }),
});
type Experiment = typeof experiments extends fc.Arbitrary<infer Value> ? Value : never;

interface Ledger {
  readonly result: Run;
  readonly arrivals: number;
  /** By worker, in ms from the start of the run: from its start to the end of its thread. */
  readonly lives: ReadonlyMap<WorkerId, { from: number; until: number; busyMs: number }>;
  readonly refused: number;
}

function play(experiment: Experiment): Ledger {
  const { policy, keepAlive, maxBatch, maxWorkers, queueLimit, deadlineMs, coldStartMs, seed } = experiment;
  const reserved = Math.min(experiment.reserved, maxWorkers);
  const random = fork(seed, 'service');
  const services: number[] = [];
  const log: { readonly at: number; readonly command: Command }[] = [];
  const workload = bursty({
    calmPerSecond: 8,
    burstPerSecond: 60,
    calmMs: 2_000,
    burstMs: 500,
    durationMs: 8_000,
    seed,
  });
  const serviceMs = (size: number) => {
    const ms = size * (50 + 100 * random());
    services.push(ms);
    return ms;
  };
  const result = run({
    workload,
    reserved,
    deadlineMs,
    scheduler: {
      maxWorkers,
      maxBatch,
      queueLimit,
      scaling: scalingPolicy(policy, { targetWait: null, targetShare: 0.7 }),
      keepAlive: parseKeepAlive(keepAlive),
    },
    world: { serviceMs, coldStartMs: () => coldStartMs, stopMs: STOP_MS },
    onCommands: (at, commands) => log.push(...commands.map((command) => ({ at, command }))),
  });
  return {
    result,
    arrivals: [...workload.arrivals()].length,
    ...recount(log, services, reserved, result.totals.durationMs),
  };
}

/** `services` in the order of the dispatches. The reserved workers are there from the start; nothing lasts longer than the run. */
function recount(
  log: readonly { readonly at: number; readonly command: Command }[],
  services: readonly number[],
  reserved: number,
  durationMs: number,
): Pick<Ledger, 'lives' | 'refused'> {
  const within = (at: number) => Math.min(at, durationMs);
  const lives = new Map<WorkerId, { from: number; until: number; busyMs: number }>();
  for (let worker = 1; worker <= reserved; worker++) lives.set(worker, { from: 0, until: durationMs, busyMs: 0 });
  let dispatches = 0;
  let refused = 0;
  for (const { at, command } of log) {
    if (command.type === 'start') {
      lives.set(command.worker, { from: within(at), until: durationMs, busyMs: 0 });
    } else if (command.type === 'reject') {
      refused++;
    } else if (command.type === 'stop' || command.type === 'dispatch') {
      const life = lives.get(command.worker);
      if (!life) throw new Error(`worker ${command.worker} was never started`);
      if (command.type === 'stop') life.until = within(at + STOP_MS);
      else life.busyMs += within(at + (services[dispatches++] as number)) - within(at);
    }
  }
  return { lives, refused };
}

describe('a simulation of any load under any policy', () => {
  it('answers every arrival once', () => {
    const property = fc.property(experiments, (experiment) => {
      const { result, arrivals, refused } = play(experiment);
      const { requests, errors, errorCodes } = result.totals;
      expect(requests).toBe(arrivals);
      expect(errors).toBe(refused);
      expect(figure(result, 'rejected')).toBe(errors);
      expect(Object.values(errorCodes).reduce((sum, count) => sum + count, 0)).toBe(errors);
    });
    fc.assert(property, { numRuns: 50 });
  });

  it('counts for each worker the time from its start to the end of its thread, and for busy what it ran', () => {
    const property = fc.property(experiments, (experiment) => {
      const { result, lives } = play(experiment);
      const seconds = (ms: (life: { from: number; until: number; busyMs: number }) => number) =>
        [...lives.values()].reduce((sum, life) => sum + ms(life), 0) / 1_000;
      const busy = figure(result, 'reservedBusySeconds') + figure(result, 'onDemandBusySeconds');
      const idle = figure(result, 'reservedIdleSeconds') + figure(result, 'onDemandIdleSeconds');
      expect(figure(result, 'workerSeconds')).toBeCloseTo(
        seconds(({ from, until }) => until - from),
        6,
      );
      expect(busy).toBeCloseTo(
        seconds(({ busyMs }) => busyMs),
        6,
      );
      expect(busy + idle).toBeCloseTo(figure(result, 'workerSeconds'), 6);
    });
    fc.assert(property, { numRuns: 50 });
  });

  it('has samples that add up to its totals', () => {
    const property = fc.property(experiments, (experiment) => {
      const { totals, samples } = play(experiment).result;
      const sum = (key: 'answers' | 'errors') => samples.reduce((sum, sample) => sum + sample[key], 0);
      expect(sum('answers')).toBe(totals.requests);
      expect(sum('errors')).toBe(totals.errors);
      const times = samples.flatMap(({ maxMs }) => (maxMs === null ? [] : [maxMs]));
      if (times.length > 0) expect(Math.max(...times)).toBe(totals.maxMs);
      else expect(totals.maxMs).toBeNaN();
    });
    fc.assert(property, { numRuns: 30 });
  });

  it('binds to a starting worker under spill only, and starts on-demand workers under never at no time', () => {
    const property = fc.property(experiments, (experiment) => {
      const { result } = play(experiment);
      const spilled = figure(result, 'spilled');
      if (experiment.policy !== 'spill') expect(spilled).toBe(0);
      else if (experiment.coldStartMs > 0) expect(spilled).toBeLessThanOrEqual(figure(result, 'coldServed'));
      if (experiment.policy === 'never') expect(figure(result, 'workersStarted')).toBe(0);
      expect(figure(result, 'uselessSpawns')).toBeLessThanOrEqual(figure(result, 'workersStarted'));
    });
    fc.assert(property, { numRuns: 50 });
  });
});

describe('a fixed pool', () => {
  const times = Array.from({ length: 200 }, (_, i) => i * 70);

  it('costs its reserved workers for as long as it runs, to the last answer', () => {
    const result = run({ workload: openAt(times), reserved: 2, scheduler: { maxWorkers: 2 } });
    expect(result.totals.durationMs).toBeCloseTo(199 * 70 + 100, 6);
    expect(figure(result, 'workerSeconds')).toBeCloseTo((2 * result.totals.durationMs) / 1_000, 9);
  });

  it('is busy for one service a request', () => {
    const result = run({ workload: openAt(times), reserved: 2, scheduler: { maxWorkers: 2 } });
    expect(figure(result, 'reservedBusySeconds')).toBeCloseTo(200 * 0.1, 9);
    expect(figure(result, 'onDemandBusySeconds')).toBe(0);
  });

  it('costs its reserved workers for the whole workload, even where that ends after the last answer', () => {
    const result = run({ workload: openAt([0], 5_000) });
    expect(result.totals.durationMs).toBe(5_000);
    expect(figure(result, 'workerSeconds')).toBe(5);
  });

  it('is saturated while requests wait', () => {
    const result = run({ workload: openAt([0, 0, 0, 1_000]) });
    expect(figure(result, 'saturatedSeconds')).toBeCloseTo(0.2, 9);
    expect(figure(result, 'metNoIdleWorker')).toBe(2);
  });
});
