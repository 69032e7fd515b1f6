/** What a decision of the scheduler costs, and how many requests the simulator plays in a second. */
import type { Command } from '../../src/core/contracts/types.ts';
import type { SchedulerOptions } from '../../src/core/options.ts';
import { fixedKeepAlive } from '../../src/core/policies/keep-alive.ts';
import { targetWait } from '../../src/core/policies/target-wait.ts';
import { Scheduler } from '../../src/core/scheduler.ts';
import { simulate } from '../../src/lab/sim/simulation.ts';
import { fork } from '../../src/lab/workload/random.ts';
import { poisson } from '../../src/lab/workload/random-arrivals.ts';

const QUEUED = 10_000;
const DECISIONS = 40_000;
const SERVICE_MS = 50;

function options(maxWorkers: number): SchedulerOptions {
  const limits = { queueLimit: 1e6, promiseLimit: 1e4, taskTimeoutMs: 1e9, startTimeoutMs: 1e9 };
  const shares = { bulkShare: 0.1, patienceMs: 30_000, maxBatch: 1, maxBulkBatch: 1, batchDelayMs: 0 };
  const policies = { scaling: targetWait(null), keepAlive: fixedKeepAlive(60_000), random: fork(1, 'retry') };
  return { maxWorkers, ...limits, ...shares, ...policies, assumed: { serviceMs: SERVICE_MS, coldStartMs: 500 } };
}

/** Mean µs of a submit and of a finished, with `QUEUED` requests waiting all the time. */
function decisions(workers: number, deadlineMs: () => number): { readonly submit: number; readonly finished: number } {
  const scheduler = new Scheduler(options(workers));
  const busy: number[] = [];
  const note = (commands: readonly Command[]) => {
    for (const command of commands) if (command.type === 'dispatch') busy.push(command.worker);
  };
  let now = 0;
  let jobs = 0;
  const submit = () => {
    const request = { id: `${jobs++}`, model: 'm', priority: 'interactive' as const, retryToken: null };
    note(scheduler.submit(now, { ...request, deadlineAt: now + deadlineMs() }));
  };
  scheduler.provision(now, 'm', workers);
  for (let id = 1; id <= workers; id++) scheduler.workerReady(1, id);
  now = 1;
  for (let i = 0; i < QUEUED + workers; i++) submit();
  const spent = { submit: 0, finished: 0 };
  for (let i = 0; i < DECISIONS; i++) {
    now += SERVICE_MS / workers;
    const started = performance.now();
    note(scheduler.finished(now, busy.shift() as number));
    const between = performance.now();
    submit();
    spent.finished += between - started;
    spent.submit += performance.now() - between;
  }
  return { submit: (1000 * spent.submit) / DECISIONS, finished: (1000 * spent.finished) / DECISIONS };
}

const random = fork(2, 'deadlines');
const deadlines = { none: () => Number.POSITIVE_INFINITY, equal: () => 1e7, random: () => 1e6 + 1e7 * random() };
for (const [name, deadlineMs] of Object.entries(deadlines)) {
  for (const workers of [4, 64]) {
    const { submit, finished } = decisions(workers, deadlineMs);
    const line = `submit ${submit.toFixed(1)} µs, finished ${finished.toFixed(1)} µs`;
    console.log(`${QUEUED} queued, ${workers} workers, deadlines ${name}: ${line}`);
  }
}

for (const workers of [4, 16, 64]) {
  const perSecond = (0.6 * workers * 1000) / SERVICE_MS;
  const workload = poisson({ perSecond, durationMs: (2e6 / perSecond) * 1000, seed: 1 });
  const world = { serviceMs: (size: number) => size * SERVICE_MS, coldStartMs: () => 500, stopMs: 0 };
  const scheduler = options(workers);
  const started = performance.now();
  const { totals } = simulate({ name: '', workload, scheduler, reserved: workers / 2, world, samples: 300 });
  const seconds = (performance.now() - started) / 1000;
  console.log(`simulator, ${workers} workers: ${(totals.requests / seconds).toFixed(0)} requests/s`);
}
