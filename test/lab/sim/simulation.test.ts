/** What a simulation does with a pool: its start, its limits, its samples over time. */
import { describe, expect, it } from 'vitest';
import type { Command } from '../../../src/core/contracts/types.ts';
import { fixedKeepAlive } from '../../../src/core/policies/keep-alive.ts';
import { spill } from '../../../src/core/policies/spill.ts';
import { targetWait } from '../../../src/core/policies/target-wait.ts';
import type { Run } from '../../../src/lab/report/run.ts';
import { figure, openAt, run } from './simulated.ts';

/** In the sample that covers this time. */
function at({ samples }: Run, atMs: number) {
  return samples.findLast((sample) => sample.atMs <= atMs);
}

describe('the start', () => {
  it('is when the reserved workers are warm: the first requests find them idle', () => {
    const result = run({ workload: openAt([0, 0, 0]), reserved: 3, scheduler: { maxWorkers: 3 } });
    expect(result.totals.maxMs).toBeCloseTo(100, 6);
    for (const key of ['coldServed', 'metNoIdleWorker', 'workersStarted']) expect(figure(result, key)).toBe(0);
  });

  it('costs nothing: no starts, no time of workers', () => {
    const result = run({ workload: openAt([], 1_000), reserved: 2, scheduler: { maxWorkers: 2 } });
    expect(figure(result, 'workerSeconds')).toBe(2);
    for (const sample of result.samples) expect(sample).toMatchObject({ coldStarts: 0, starting: 0, reserved: 2 });
  });

  it('without reserved workers is at once, and whoever comes first waits out a cold start', () => {
    const scheduler = { scaling: targetWait(null) };
    const result = run({ workload: openAt([0, 5_000]), reserved: 0, scheduler });
    expect(result.totals).toMatchObject({ minMs: expect.closeTo(100, 6), maxMs: expect.closeTo(1_100, 6) });
    expect(figure(result, 'coldServed')).toBe(1);
    expect(figure(result, 'workersStarted')).toBe(1);
  });
});

describe('limits', () => {
  it('of the queue refuse what comes too many, by code', () => {
    const { totals } = run({ workload: openAt([0, 1, 2, 3, 4]), scheduler: { queueLimit: 2 } });
    expect(totals).toMatchObject({ requests: 5, errors: 2, errorCodes: { OVERLOADED: 2 } });
  });

  it('of time refuse whoever cannot be in time, by code; an answer at the deadline is late', () => {
    const workload = openAt([0, 0, 0, 0]);
    const of = (deadlineMs: number) => run({ workload, deadlineMs }).totals;
    expect(of(301).errorCodes).toEqual({ DEADLINE_EXCEEDED: 1 });
    expect(of(300).errorCodes).toEqual({ DEADLINE_EXCEEDED: 2 });
  });

  it('of time end a request that turns out too late, and what comes of its worker is no second answer', () => {
    let services = 0;
    const serviceMs = () => (services++ === 0 ? 900 : 100);
    const result = run({ workload: openAt([0, 100, 2_000]), deadlineMs: 400, world: { serviceMs } });
    expect(result.totals).toMatchObject({ requests: 3, errorCodes: { DEADLINE_EXCEEDED: 2 }, maxMs: 100 });
    expect(figure(result, 'reservedBusySeconds')).toBeCloseTo(1, 9);
  });

  it('of a task end it with its worker, whose answer never comes; the next one is served by a new worker', () => {
    let services = 0;
    const world = { serviceMs: () => (services++ === 0 ? 900 : 100) };
    const result = run({ workload: openAt([0, 100]), scheduler: { taskTimeoutMs: 500 }, world });
    expect(result.totals.errorCodes).toEqual({ WORKER_FAILED: 1 });
    // Stopped at 500 ms, replaced within 1 s.
    expect(result.totals.maxMs).toBeCloseTo(500 + 1_000 + 100 - 100, 6);
    expect(figure(result, 'workersStarted')).toBe(1);
  });

  it('of a task let each request of a batch that took too long run again, alone', () => {
    const scheduler = { taskTimeoutMs: 500, maxBatch: 2 };
    const world = { serviceMs: (size: number) => 300 * size };
    const { totals } = run({ workload: openAt([0, 1, 1]), scheduler, world });
    expect(totals).toMatchObject({ requests: 3, errors: 0 });
    // The first one alone to 300 ms, both others to 800 ms, a start to 1,800 ms, and each alone.
    expect(totals.maxMs).toBeCloseTo(2_400 - 1, 6);
  });
});

describe('on-demand workers', () => {
  it('under spill make the request that starts one wait for it, though another is free long before', () => {
    const scheduler = { maxWorkers: 2, scaling: spill };
    const result = run({ workload: openAt([0, 1]), scheduler });
    expect(result.totals.maxMs).toBeCloseTo(1_100, 6);
    expect(figure(result, 'spilled')).toBe(1);
    expect(figure(result, 'coldServed')).toBe(1);
  });

  it('under target-wait let it be served by whoever is free first', () => {
    const scheduler = { maxWorkers: 2, scaling: targetWait(null) };
    const result = run({ workload: openAt([0, 1]), scheduler });
    expect(result.totals.maxMs).toBeCloseTo(199, 6);
    for (const key of ['spilled', 'coldServed']) expect(figure(result, key)).toBe(0);
    expect(figure(result, 'workersStarted')).toBe(1);
  });

  it('are paid for from their start to the end of their keep-alive', () => {
    const scheduler = { maxWorkers: 2, scaling: targetWait(null), keepAlive: fixedKeepAlive(3_000) };
    const result = run({ workload: openAt([0, 1], 20_000), scheduler });
    expect(figure(result, 'onDemandIdleSeconds')).toBeCloseTo(4, 9);
    expect(figure(result, 'onDemandBusySeconds')).toBe(0);
    expect(figure(result, 'workerSeconds')).toBeCloseTo(24, 9);
    expect(figure(result, 'uselessSpawns')).toBe(1);
  });
});

describe('samples', () => {
  it('show how things stood at the end of their interval, however long nothing happens', () => {
    const result = run({ workload: openAt([0, 10, 10_000]), world: { serviceMs: () => 2_500 } });
    expect(at(result, 1_000)).toMatchObject({ inFlight: 2, reservedBusy: 1, queued: 1, answers: 0 });
    expect(at(result, 4_000)).toMatchObject({ inFlight: 1, reservedBusy: 1, queued: 0 });
    expect(at(result, 7_000)).toMatchObject({ inFlight: 0, reservedBusy: 0, reserved: 1, queued: 0 });
    expect(result.samples.reduce((sum, { answers }) => sum + answers, 0)).toBe(3);
  });

  it('show a worker that starts, and that it leaves, without any request at the time', () => {
    const scheduler = { maxWorkers: 2, scaling: targetWait(null), keepAlive: fixedKeepAlive(3_000) };
    const result = run({ workload: openAt([0, 1, 10_000]), scheduler });
    expect(at(result, 500)).toMatchObject({ starting: 1, onDemand: 0, coldStarts: 1 });
    expect(at(result, 2_000)).toMatchObject({ starting: 0, onDemand: 1 });
    expect(at(result, 6_000)).toMatchObject({ onDemand: 0, coldStarts: 1 });
  });

  it('are as many as asked for, and one for what comes after the workload', () => {
    const { samples } = run({ workload: openAt([0, 10_000]), samples: 50 });
    expect(samples).toHaveLength(51);
    expect(samples[1]?.atMs).toBe(200);
  });
});

it('a listener sees every command at its time from the start, but for the start itself', () => {
  const log: { at: number; type: Command['type'] }[] = [];
  run({
    workload: openAt([0, 50]),
    onCommands: (at, commands) => log.push(...commands.map(({ type }) => ({ at, type }))),
  });
  expect(log.filter(({ type }) => type !== 'wakeAt')).toEqual([
    { at: 0, type: 'dispatch' },
    { at: 100, type: 'dispatch' },
  ]);
});
