/** The simulator against queues whose waits are known: by formula, and request by request. */
import { describe, expect, it } from 'vitest';
import type { Run } from '../../../src/lab/report/run.ts';
import { exponential, fork } from '../../../src/lab/workload/random.ts';
import { poisson } from '../../../src/lab/workload/random-arrivals.ts';
import type { OpenWorkload } from '../../../src/lab/workload/workload.ts';
import { relativeError } from '../workload/statistics.ts';
import { closed, figure, openAt, run } from './simulated.ts';

const SERVICE_MS = 100;

/** Poisson arrivals that give each of the workers this load. */
function arrivals(load: number, workers: number, requests: number): OpenWorkload {
  const perSecond = (load * workers * 1_000) / SERVICE_MS;
  return poisson({ perSecond, durationMs: (requests / perSecond) * 1_000, seed: 4 });
}

function exponentialServices(): () => number {
  const random = fork(5, 'service');
  return () => exponential(random, SERVICE_MS);
}

/** A fixed pool of so many workers. */
function fixedPool(workload: OpenWorkload, workers: number, serviceMs: () => number, queueLimit = 1e9): Run {
  return run({ workload, reserved: workers, scheduler: { maxWorkers: workers, queueLimit }, world: { serviceMs } });
}

/** Probability that a request is lost in M/G/c/c; below, that it waits in M/M/c (A. K. Erlang, 1917). */
function erlangB(workers: number, offered: number): number {
  let lost = 1;
  for (let c = 1; c <= workers; c++) lost = (offered * lost) / (c + offered * lost);
  return lost;
}

function erlangC(workers: number, load: number): number {
  const lost = erlangB(workers, workers * load);
  return lost / (1 - load * (1 - lost));
}

/** Mean response time of first come, first served: each request takes the worker that is free first (Kiefer and Wolfowitz). */
function meanResponseMs(times: Iterable<number>, workers: number, serviceMs: () => number): number {
  const freeAt = Array<number>(workers).fill(0);
  let sum = 0;
  let requests = 0;
  for (const at of times) {
    const worker = freeAt.indexOf(Math.min(...freeAt));
    const endAt = Math.max(at, freeAt[worker] as number) + serviceMs();
    freeAt[worker] = endAt;
    sum += endAt - at;
    requests++;
  }
  return sum / requests;
}

describe('one worker with constant service (M/D/1)', () => {
  it.each([0.4, 0.7])('at load %d lets requests wait for load / (2 (1 − load)) services on average', (load) => {
    const { totals } = fixedPool(arrivals(load, 1, 60_000), 1, () => SERVICE_MS);
    const waitMs = (load / (2 * (1 - load))) * SERVICE_MS;
    expect(relativeError(totals.meanMs - SERVICE_MS, waitMs)).toBeLessThan(0.05);
    expect(totals.minMs).toBeCloseTo(SERVICE_MS, 6);
  });

  it('is busy for the share of the time that is its load, and met busy by that share of the requests', () => {
    const result = fixedPool(arrivals(0.5, 1, 40_000), 1, () => SERVICE_MS);
    const { requests, durationMs } = result.totals;
    expect(relativeError(figure(result, 'reservedBusySeconds') / (durationMs / 1_000), 0.5)).toBeLessThan(0.02);
    expect(relativeError(figure(result, 'metNoIdleWorker') / requests, 0.5)).toBeLessThan(0.02);
    // Two or more requests are there: 1 − p0 − p1, by Pollaczek and Khinchine.
    const saturated = 1 - 0.5 * Math.exp(0.5);
    expect(relativeError(figure(result, 'saturatedSeconds') / (durationMs / 1_000), saturated)).toBeLessThan(0.05);
  });
});

describe('workers with exponential service (M/M/c)', () => {
  it.each([
    [1, 0.6],
    [4, 0.8],
    [10, 0.7],
  ])('%d of them at load %d: who waits and for how long is as Erlang says', (workers, load) => {
    const result = fixedPool(arrivals(load, workers, 60_000), workers, exponentialServices());
    const { requests, meanMs } = result.totals;
    const waits = erlangC(workers, load);
    const waitMs = (waits * SERVICE_MS) / (workers * (1 - load));
    expect(relativeError(figure(result, 'metNoIdleWorker') / requests, waits)).toBeLessThan(0.05);
    expect(relativeError(meanMs, SERVICE_MS + waitMs)).toBeLessThan(0.05);
  });

  it.each([1, 3])('%d of them serve first come, first served, request by request', (workers) => {
    const workload = arrivals(0.9, workers, 5_000);
    const { totals } = fixedPool(workload, workers, exponentialServices());
    expect(totals.meanMs).toBeCloseTo(meanResponseMs(workload.arrivals(), workers, exponentialServices()), 5);
  });

  it('foretell a wait that is wrong by the spread of what is ahead, and by nothing if services are constant', () => {
    const workload = arrivals(0.8, 2, 5_000);
    expect(
      figure(
        fixedPool(workload, 2, () => SERVICE_MS),
        'waitErrorP95Ms',
      ),
    ).toBeLessThan(0.001);
    expect(figure(fixedPool(workload, 2, exponentialServices()), 'waitErrorP95Ms')).toBeGreaterThan(SERVICE_MS);
  });
});

describe('workers without a queue (M/G/c/c)', () => {
  it.each([
    ['constant', () => () => SERVICE_MS],
    ['exponential', exponentialServices],
  ])('refuse the share that Erlang says, whatever the services: %s', (_, services) => {
    const workers = 5;
    const { totals } = fixedPool(arrivals(0.8, workers, 30_000), workers, services(), 0);
    expect(Object.keys(totals.errorCodes)).toEqual(['OVERLOADED']);
    expect(relativeError(totals.errors / totals.requests, erlangB(workers, workers * 0.8))).toBeLessThan(0.05);
    expect(totals.maxMs).toBeLessThan(30 * SERVICE_MS);
  });
});

describe('users who think (a closed network)', () => {
  /** Throughput per ms by mean value analysis (M. Reiser and S. S. Lavenberg, 1980), for one exponential worker. */
  function throughput(users: number, thinkMs: number): number {
    let queue = 0;
    let perMs = 0;
    for (let n = 1; n <= users; n++) {
      const responseMs = SERVICE_MS * (1 + queue);
      perMs = n / (thinkMs + responseMs);
      queue = perMs * responseMs;
    }
    return perMs;
  }

  it.each([1, 6, 20])('%d of them before one worker get the throughput and the waits that they should', (users) => {
    const workload = closed(3_000_000, [[0, users]], 500);
    const { totals } = run({ workload, world: { serviceMs: exponentialServices() } });
    const perMs = throughput(users, 500);
    expect(relativeError(totals.perSecond, perMs * 1_000)).toBeLessThan(0.03);
    expect(relativeError(totals.meanMs, users / perMs - 500)).toBeLessThan(0.05);
  });
});

it('an empty workload answers nothing and costs its reserved workers', () => {
  const result = run({ workload: openAt([], 10_000) });
  expect(result.totals).toMatchObject({ requests: 0, errors: 0, durationMs: 10_000, perSecond: 0, maxMs: Number.NaN });
  expect(figure(result, 'workerSeconds')).toBe(10);
});
