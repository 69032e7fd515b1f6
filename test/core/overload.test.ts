import { describe, expect, it } from 'vitest';
import { never } from '../../src/core/policies/never.ts';
import { exponential, fork, type Random } from '../../src/lab/workload/random.ts';
import type { JobRecord } from './records.ts';
import { VirtualPool } from './virtual-pool.ts';

const WORKERS = 2;
const SERVICE_MS = 100;
/** Arrivals for a minute; the pool serves 20 per second. */
const UNTIL_MS = 60_000;
const OVERLOAD = 1.5;

const SERVICES: Record<string, (random: Random) => number> = {
  constant: () => SERVICE_MS,
  uniform: (random) => SERVICE_MS * (0.5 + random()),
  exponential: (random) => exponential(random, SERVICE_MS),
};

const DEADLINES: Record<string, (random: Random) => number> = {
  equal: () => 1_000,
  mixed: (random) => 300 + 2_700 * random(),
};

interface Load {
  readonly service: string;
  readonly deadlines: string;
  /** Share of the refused clients that come back, each once, at the time that they are told. */
  readonly comeBack: number;
}

const runs = new Map<string, readonly JobRecord[]>();

/** Each load is played once. */
function overload(load: Load): readonly JobRecord[] {
  const key = JSON.stringify(load);
  const jobs = runs.get(key) ?? play(load);
  runs.set(key, jobs);
  return jobs;
}

function play({ service, deadlines: kind, comeBack }: Load): readonly JobRecord[] {
  const [arrivals, times, deadlines, clients, jitter] = ['a', 's', 'd', 'c', 'j'].map((name) => fork(7, name));
  if (!arrivals || !times || !deadlines || !clients || !jitter) throw new Error('there are five streams');
  const options = { maxWorkers: WORKERS, scaling: never, queueLimit: 1_000, random: jitter };
  const serve = () => ({ ms: SERVICES[service]?.(times) ?? Number.NaN });
  const pool = new VirtualPool(options, { serve });
  pool.provision(WORKERS);
  const send = (id: string, ms: number, isBack = false) => {
    pool.submit(id, 'a', ms);
    const { retryAfterMs } = pool.job(id).error ?? {};
    if (isBack || retryAfterMs === undefined || clients() >= comeBack) return;
    pool.at(pool.now + retryAfterMs, () => send(`${id} again`, ms, true));
  };
  for (let at = 1_000, i = 0; at < UNTIL_MS; at += exponential(arrivals, SERVICE_MS / WORKERS / OVERLOAD), i++) {
    pool.at(at, () => send(`r${i}`, DEADLINES[kind]?.(deadlines) ?? Number.NaN));
  }
  return [...pool.runToRest().jobs.values()];
}

const refused = ({ error }: JobRecord) => error?.retryAfterMs !== undefined;
const answered = ({ answeredBy }: JobRecord) => answeredBy !== null;

function share(of: readonly JobRecord[], which: (job: JobRecord) => boolean): number {
  return of.filter(which).length / of.length;
}

describe('at 1.5 times what the pool can serve', () => {
  it.each([
    ['constant', 'equal'],
    ['constant', 'mixed'],
    ['uniform', 'equal'],
    ['uniform', 'mixed'],
    ['exponential', 'equal'],
    ['exponential', 'mixed'],
  ])('with %s services and %s deadlines, 95 of 100 that are let in are answered in time', (service, deadlines) => {
    const jobs = overload({ service, deadlines, comeBack: 0 });
    const admitted = jobs.filter((job) => !refused(job));
    expect(share(admitted, answered)).toBeGreaterThanOrEqual(0.95);
  });

  it.each([
    ['constant', 0.95],
    ['uniform', 0.9],
    ['exponential', 0.8],
  ])('with %s services, the workers are kept busy with requests that are answered', (service, most) => {
    const jobs = overload({ service, deadlines: 'mixed', comeBack: 0 });
    const could = ((UNTIL_MS - 1_000) / SERVICE_MS) * WORKERS;
    expect(jobs.filter(answered).length / could).toBeGreaterThan(most);
  });

  it('clients that do not come back cost nothing: as many requests are answered as if all did', () => {
    const goodput = (comeBack: number) => {
      const jobs = overload({ service: 'uniform', deadlines: 'mixed', comeBack });
      return jobs.filter((job) => answered(job) && job.endedAt < UNTIL_MS).length;
    };
    const all = goodput(1);
    for (const comeBack of [0.5, 0]) expect(goodput(comeBack) / all).toBeGreaterThan(0.95);
  });
});
