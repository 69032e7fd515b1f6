/** Random traces: what clients, operators and bad luck do to a pool. */
import fc from 'fast-check';
import { randomRules, rulesOf } from './random-rules.ts';
import type { Fate, World } from './records.ts';
import { VirtualPool, type Watcher } from './virtual-pool.ts';

/** Times with fractions, as real clocks give them. */
const ms = (max: number) => fc.noBias(fc.integer({ min: 0, max: max * 10 })).map((tenths) => tenths / 10);
const model = fc.constantFrom('a', 'a', 'a', 'b', 'b', 'c');
const priority = fc.constantFrom('interactive' as const, 'interactive' as const, 'bulk' as const);
const deadlineMs = fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 2, arbitrary: ms(600) });
/** Which of those there are, counted from the latest. */
const which = fc.nat({ max: 5 });

const action = fc.oneof(
  { weight: 10, arbitrary: fc.record({ type: fc.constant('submit' as const), model, deadlineMs, priority }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('comeBack' as const), which }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('cancel' as const), which }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('kill' as const), which }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('provision' as const), model, reserved: fc.nat({ max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('tick' as const) }) },
);

const start = fc.oneof(
  { weight: 10, arbitrary: ms(200).map((ms): Fate => ({ ms })) },
  { weight: 2, arbitrary: ms(200).map((ms): Fate => ({ ms, dies: true })) },
  { weight: 1, arbitrary: fc.constant<Fate>({ ms: Number.POSITIVE_INFINITY }) },
);
const serve = fc.oneof(
  { weight: 12, arbitrary: ms(150).map((ms): Fate => ({ ms })) },
  { weight: 1, arbitrary: ms(150).map((ms): Fate => ({ ms, dies: true })) },
  { weight: 1, arbitrary: fc.constant<Fate>({ ms: Number.POSITIVE_INFINITY }) },
);

/** Often less than a start takes, and less than the back-off after it. */
const startTimeoutMs = fc.oneof(
  { weight: 1, arbitrary: ms(100).map((ms) => ms + 0.1) },
  { weight: 2, arbitrary: ms(300).map((ms) => ms + 0.1) },
  { weight: 2, arbitrary: fc.constant(60_000) },
);

const options = {
  maxWorkers: fc.integer({ min: 1, max: 4 }),
  queueLimit: fc.constantFrom(0, 1, 4, 16, 100, 100),
  // What each interactive request earns is a sum of powers of two: no rounding decides whose turn it is.
  bulkShare: fc.constantFrom(0, 0.2, 0.5, 0.75),
  patienceMs: fc.constantFrom(20, 300, 60_000),
  taskTimeoutMs: fc.integer({ min: 1_000, max: 3_000 }).map((tenths) => tenths / 10),
  startTimeoutMs,
  maxBatch: fc.integer({ min: 1, max: 4 }),
  maxBulkBatch: fc.integer({ min: 1, max: 4 }),
  batchDelayMs: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: ms(80) }),
};

export const traces = fc.record({
  options: fc.record(options),
  rules: randomRules,
  reserved: fc.nat({ max: 2 }),
  /** How slowly things happen: from a burst to one request in a minute. */
  pace: fc.constantFrom(1, 1, 1, 10, 1_000),
  actions: fc.array(fc.record({ afterMs: ms(60), action }), { maxLength: 40, size: 'max' }),
  /** One after the other; when they are used up, all goes well. */
  starts: fc.array(start, { maxLength: 12, size: 'max' }),
  serves: fc.array(serve, { maxLength: 40, size: 'max' }),
  stopMs: ms(50),
  lateMs: fc.oneof(fc.constant(0), ms(20)),
  /** What chance is at all times. */
  chance: fc.constantFrom(0, 0.5, 0.999),
});

export type Trace = typeof traces extends fc.Arbitrary<infer T> ? T : never;

/** Plays the trace and then lets time run on until nothing is left to happen. */
export function play(trace: Trace, watcher?: Watcher): VirtualPool {
  const { options, rules, stopMs, lateMs, chance } = trace;
  const pool = new VirtualPool(
    { ...options, assumed: { serviceMs: 20, coldStartMs: 100 }, random: () => chance, ...rulesOf(rules) },
    { stopMs, lateMs, ...fates(trace) },
    watcher,
  );
  pool.provision(Math.min(trace.reserved, options.maxWorkers));
  let time = 0;
  for (const [i, { afterMs, action }] of trace.actions.entries()) {
    time += afterMs * trace.pace;
    pool.at(time, () => act(pool, `job-${i}`, action));
  }
  return pool.runToRest();
}

function fates({ options, starts, serves }: Trace): Pick<World, 'start' | 'serve'> {
  const startMs = Math.min(100, options.startTimeoutMs / 2);
  let started = 0;
  let served = 0;
  return { start: () => starts[started++] ?? { ms: startMs }, serve: () => serves[served++] ?? { ms: 50 } };
}

function act(pool: VirtualPool, name: string, action: Trace['actions'][number]['action']): void {
  if (action.type === 'submit') {
    pool.submit(name, action.model, action.deadlineMs, action.priority);
  } else if (action.type === 'comeBack') {
    comeBack(pool, name, action.which);
  } else if (action.type === 'cancel') {
    const id = [...pool.jobs.keys()].at(-1 - action.which);
    if (id !== undefined) pool.cancel(id);
  } else if (action.type === 'kill') {
    const id = [...pool.workers.keys()].at(-1 - action.which);
    if (id !== undefined) pool.kill(id);
  } else if (action.type === 'tick') {
    pool.tick();
  } else {
    pool.provision(Math.min(action.reserved, roomFor(pool, action.model)), action.model);
  }
}

/** A client that was refused tries again, at its time or too early. */
function comeBack(pool: VirtualPool, name: string, which: number): void {
  const refused = [...pool.jobs.values()].filter(({ error }) => error?.retryAfterMs !== undefined).at(-1 - which);
  if (!refused) return;
  const { model, deadlineAt, submittedAt, priority } = refused;
  pool.submit(name, model, deadlineAt - submittedAt, priority);
}

/** How many workers of a model can be reserved beside those of the others. */
function roomFor(pool: VirtualPool, model: string): number {
  const others = pool.snapshot().models.filter((other) => other.model !== model);
  return pool.options.maxWorkers - others.reduce((sum, other) => sum + other.reserved, 0);
}
