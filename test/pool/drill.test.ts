import { type Logger, pino } from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Drill } from '../../src/core/contracts/drill.ts';
import type { Clock, ColdStartPhases } from '../../src/core/contracts/ports.ts';
import { openPool } from '../../src/gateway/pool.ts';
import { withDrill } from '../../src/pool/drill.ts';
import type { PoolWorker } from '../../src/pool/warm-pool.ts';
import { parseDrill } from '../../src/settings/drill.ts';
import { loadConfig, SETTINGS } from '../../src/settings/gateway.ts';
import { ConfigError } from '../../src/settings/setting.ts';
import type { Outcome } from '../../src/worker/protocol.ts';
import { plainPicture } from '../support/pictures.ts';
import { openTestPool, type TestPool } from '../support/test-pool.ts';
import { VirtualClock } from './schedule/virtual-clock.ts';

const RED = await plainPicture(255, 0, 0);
const NO_FAULTS: Drill = { coldStartMs: 0, serviceMs: 0, slow: null, crashEvery: null };
const PHASES: ColdStartPhases = { thread: 1, runtime: 1, model: 1, warmUp: 1, total: 4 };

describe('the text of a drill', () => {
  it('says which faults, and those that it leaves out are none', () => {
    expect(parseDrill('cold-start=10s,service=38ms,slow=1/4x3,crash=1/500')).toEqual({
      coldStartMs: 10_000,
      serviceMs: 38,
      slow: { oneIn: 4, factor: 3 },
      crashEvery: 500,
    });
    expect(parseDrill('slow=1/1x1.5 , cold-start=0.5s')).toEqual({
      ...NO_FAULTS,
      coldStartMs: 500,
      slow: { oneIn: 1, factor: 1.5 },
    });
  });

  it.each([
    ['cold-start=10', 'cold-start=10'],
    ['cold-start=-1s', 'cold-start=-1s'],
    ['service=38ms,cold=10s', 'cold=10s'],
    ['slow=4x3', 'slow=4x3'],
    ['slow=1/0x3', 'slow=1/0x3'],
    ['slow=1/4x0.5', 'slow=1/4x0.5'],
    ['crash=0.01', 'crash=0.01'],
    ['crash=1/0', 'crash=1/0'],
    ['service=38ms,', ''],
    ['on', 'on'],
  ])('is refused if it is "%s": the part "%s" is quoted, and the right ones are named', (drill, part) => {
    const load = () => loadConfig(SETTINGS, { drill }, {});
    expect(load).toThrow(ConfigError);
    expect(load).toThrow(`--drill is "${drill}": not a drill: its part "${part}" is none of cold-start=TIME, `);
    expect(load).toThrow('service=TIME, slow=1/NxFACTOR and crash=1/N (TIME as in 10s or 500ms');
  });

  it('is refused if it says the same twice', () => {
    expect(() => parseDrill('service=1s,service=2s')).toThrow(
      'its part "service=2s" says again what one before it said',
    );
  });

  it('is none if it is not given', () => {
    expect(loadConfig(SETTINGS, {}, {}).drill).toBeNull();
    expect(loadConfig(SETTINGS, {}, { WARMPOOL_DRILL: 'crash=1/2' }).drill).toEqual({ ...NO_FAULTS, crashEvery: 2 });
  });
});

/** A worker on virtual time that answers after `serveMs` and ends as soon as it is asked to. */
class FakeWorker implements PoolWorker {
  warmUps = 0;
  stops: string[] = [];
  readonly #clock: Clock;
  readonly #serveMs: number;
  readonly #onEnded: (why: string) => void;

  constructor(clock: Clock, serveMs: number, onEnded: (why: string) => void) {
    this.#clock = clock;
    this.#serveMs = serveMs;
    this.#onEnded = onEnded;
  }

  async warmUp(): Promise<ColdStartPhases> {
    this.warmUps++;
    return PHASES;
  }

  run(pictures: readonly Uint8Array[]): Promise<readonly Outcome[]> {
    const outcome: Outcome = { ok: true, probabilities: new Float32Array(1), decodeMs: 0, inferMs: 0 };
    return new Promise((resolve) => {
      this.#clock.at(this.#clock.now() + this.#serveMs, () => resolve(pictures.map(() => outcome)));
    });
  }

  async stop(why: string): Promise<void> {
    if (this.stops.length === 0) this.end(why);
    this.stops.push(why);
  }

  /** As when its thread dies. */
  end(why: string): void {
    this.#onEnded(why);
  }
}

function drilled(drill: Partial<Drill>, serveMs = 10) {
  const clock = new VirtualClock();
  const inner: FakeWorker[] = [];
  const spawn = withDrill(
    (_, onEnded) => {
      const worker = new FakeWorker(clock, serveMs, onEnded);
      inner.push(worker);
      return worker;
    },
    { ...NO_FAULTS, ...drill },
    clock,
  );
  /** Virtual ms from now until it settles. */
  const timeOf = async (work: Promise<unknown>) => {
    const from = clock.now();
    let settled = false;
    const settle = () => {
      settled = true;
    };
    work.then(settle, settle);
    for (await promisesSettle(); !settled; await promisesSettle()) clock.runTo(clock.now() + 1);
    return clock.now() - from;
  };
  return { clock, inner, spawn, timeOf };
}

/** Takes no virtual time. */
function promisesSettle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const PICTURE = new Uint8Array(1);

describe('a drill', () => {
  it('delays every start by the same time, and the worker itself starts only then', async () => {
    const { clock, inner, spawn, timeOf } = drilled({ coldStartMs: 10_000 });
    const first = spawn('m@1', () => {}).warmUp();
    const second = spawn('m@1', () => {}).warmUp();
    clock.runTo(9_999);
    await promisesSettle();
    expect(inner.map(({ warmUps }) => warmUps)).toEqual([0, 0]);
    expect(await timeOf(Promise.all([first, second]))).toBe(1);
    expect(await first).toEqual(PHASES);
  });

  it('gives a dispatch at least its time for each picture, and adds nothing to one that takes longer', async () => {
    const short = drilled({ serviceMs: 38 }, 10);
    expect(await short.timeOf(short.spawn('m@1', () => {}).run([PICTURE]))).toBe(38);
    const three = drilled({ serviceMs: 38 }, 10);
    expect(await three.timeOf(three.spawn('m@1', () => {}).run([PICTURE, PICTURE, PICTURE]))).toBe(114);
    const long = drilled({ serviceMs: 38 }, 50);
    expect(await long.timeOf(long.spawn('m@1', () => {}).run([PICTURE]))).toBe(50);
  });

  it('slows one worker in so many, whether its time is injected or its own', async () => {
    const slow = { oneIn: 2, factor: 3 };
    const own = drilled({ slow }, 10);
    const workers = Array.from({ length: 4 }, () => own.spawn('m@1', () => {}));
    const times = [];
    for (const worker of workers) times.push(await own.timeOf(worker.run([PICTURE])));
    expect(times).toEqual([10, 30, 10, 30]);
    const injected = drilled({ slow, serviceMs: 20 }, 10);
    injected.spawn('m@1', () => {});
    expect(await injected.timeOf(injected.spawn('m@1', () => {}).run([PICTURE]))).toBe(60);
  });

  it('ends the worker of every so many-th dispatch, whichever worker it is, and each once', async () => {
    const { spawn, inner, timeOf } = drilled({ crashEvery: 3 });
    const ends = [vi.fn(), vi.fn()] as const;
    const [a, b] = [spawn('m@1', ends[0]), spawn('m@1', ends[1])];
    await timeOf(a.run([PICTURE]));
    await timeOf(b.run([PICTURE]));
    await expect(b.run([PICTURE])).rejects.toThrow('The fault drill ended the thread.');
    expect(ends[1].mock.calls).toEqual([['the fault drill ended its thread']]);
    await b.stop('not needed');
    expect(ends[1]).toHaveBeenCalledOnce();
    expect(ends[0]).not.toHaveBeenCalled();
    expect(inner[1]?.stops).toHaveLength(2);
    expect(await timeOf(a.run([PICTURE]))).toBe(10);
  });

  it('lets a worker that is stopped in its injected start end at once, exactly once, and leaves no timer', async () => {
    const { clock, spawn, inner } = drilled({ coldStartMs: 10_000 });
    const onEnded = vi.fn();
    const worker = spawn('m@1', onEnded);
    const start = worker.warmUp();
    clock.runTo(4_000);
    await Promise.all([worker.stop('not needed'), expect(start).rejects.toThrow('The worker has ended.')]);
    expect(onEnded.mock.calls).toEqual([['not needed']]);
    expect(clock.timers).toBe(0);
    clock.runTo(60_000);
    expect(inner[0]?.warmUps).toBe(0);
    await expect(worker.warmUp()).rejects.toThrow('The worker has ended.');
  });

  it.each(['stopped', 'dead'])(
    'fails the dispatch of a worker that is %s in an injected delay, and at once',
    async (end) => {
      const { clock, spawn, inner } = drilled({ serviceMs: 5_000 });
      const onEnded = vi.fn();
      const worker = spawn('m@1', onEnded);
      const run = worker.run([PICTURE]);
      clock.runTo(10);
      await promisesSettle();
      expect(clock.timers).toBe(1);
      if (end === 'stopped') void worker.stop('too long');
      else inner[0]?.end('its thread died');
      await expect(run).rejects.toThrow('The worker has ended.');
      expect({ timers: clock.timers, now: clock.now() }).toEqual({ timers: 0, now: 10 });
      expect(onEnded).toHaveBeenCalledOnce();
    },
  );
});

describe('a pool of real threads under a drill', () => {
  let pool: TestPool | null = null;
  afterEach(async () => {
    await pool?.pool.close();
    pool = null;
  });

  it('answers a request whose worker was crashed from another one, and counts a death', async () => {
    pool = await openTestPool('synthetic', { reserved: '2', maxWorkers: '2', maxBatch: '1', drill: 'crash=1/2' });
    const gone = pool.events.next('workerGone');
    const first = await pool.run(RED);
    const second = await pool.run(RED);
    const crashed = await gone;
    expect(crashed).toMatchObject({ died: true, reason: 'the fault drill ended its thread' });
    expect(crashed.worker).not.toBe(second.worker);
    expect(first.probabilities).toEqual(second.probabilities);
    expect(pool.pool.stats().counters).toMatchObject({ finished: 2, retried: 1, workersDied: 1, workersStopped: 0 });
  });

  it('counts an injected cold start as a cold start: in its phases and in the estimate', async () => {
    pool = await openTestPool('synthetic', { reserved: '1', maxWorkers: '1', drill: 'cold-start=300ms' });
    const { coldStarts, models } = pool.pool.stats();
    const { thread, total } = coldStarts.get(1) as ColdStartPhases;
    expect(thread).toBeGreaterThanOrEqual(299);
    expect(total).toBeGreaterThan(thread);
    expect(models[0]?.coldStartMs).toBeGreaterThanOrEqual(299);
  });

  it('closes at once, however long the injected start of a worker still lasts', async () => {
    const events = { emit: vi.fn() };
    const gateway = await openPool(configOf({ drill: 'cold-start=7200s' }), events, pino({ enabled: false }));
    expect(gateway.pool.isReady()).toBe(false);
    await gateway.pool.close();
    const gone = events.emit.mock.calls.filter(([event]) => event.type === 'workerGone');
    expect(gone).toEqual([[expect.objectContaining({ worker: 1, died: false, reason: 'the gateway shut down' })]]);
  });

  it.each([
    ['warns of each fault', 'crash=1/500', [{ level: 40, drill: { ...NO_FAULTS, crashEvery: 500 } }]],
    ['says nothing of a drill without one', '', []],
  ])('%s at the start', async (_, drill, warnings) => {
    const lines: { msg: string }[] = [];
    const log: Logger = pino({ level: 'warn' }, { write: (line: string) => lines.push(JSON.parse(line)) });
    const gateway = await openPool(configOf({ drill }), { emit: () => {} }, log);
    await gateway.pool.close();
    expect(lines).toMatchObject(warnings);
    for (const { msg } of lines) expect(msg).toContain('FAULT DRILL');
  });
});

function configOf({ drill }: { readonly drill: string }) {
  const flags = { modelDir: 'test/fixtures/models', model: 'synthetic', reserved: '1', maxWorkers: '1', drill };
  return loadConfig(SETTINGS, flags, {});
}
