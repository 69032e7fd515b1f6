/** One workload against one gateway: sends the requests when the workload says so, and records what becomes of them. */
import { setTimeout as pause } from 'node:timers/promises';
import { RunRecorder } from '../report/recorder.ts';
import type { Run } from '../report/run.ts';
import type { Workload } from '../workload/workload.ts';
import { closedLoop, type Load, NOT_SENT, openLoop } from './loops.ts';
import type { PoolWatch } from './pool-watch.ts';
import type { Outcome, Sender } from './sender.ts';
import type { Upload } from './uploads.ts';

export interface LoadRunOptions {
  /** Of the run in the report. */
  readonly name: string;
  readonly workload: Workload;
  readonly sender: Sender;
  /** Sent in turn. */
  readonly uploads: readonly Upload[];
  readonly pool: PoolWatch;
  /** Most requests of an open workload without an answer. */
  readonly maxOutstanding: number;
  /** Ends the run early; what was measured until then is its result. */
  readonly signal: AbortSignal;
}

export interface Progress {
  /** Of the run. */
  readonly name: string;
  /** Share of the workload's duration, 0 to 1. */
  readonly done: number;
  readonly answers: number;
  readonly errors: number;
}

/** How many samples a run has in its charts, about; but the pool is not asked more often than each 250 ms. */
const SAMPLES = 300;
const SHORTEST_INTERVAL_MS = 250;

/** A longer timer of Node.js ends at once, in ms. */
const LONGEST_PAUSE_MS = 2 ** 31 - 1;

export class LoadRun implements Load {
  readonly signal: AbortSignal;
  readonly #options: LoadRunOptions;
  readonly #recorder: RunRecorder;
  readonly #intervalMs: number;
  #startedAt = Number.POSITIVE_INFINITY;
  #sent = 0;
  #inFlight = 0;
  #answers = 0;
  #errors = 0;

  constructor(options: LoadRunOptions) {
    const { workload, pool, signal } = options;
    this.#options = options;
    this.signal = signal;
    this.#intervalMs = Math.max(SHORTEST_INTERVAL_MS, workload.durationMs / SAMPLES);
    this.#recorder = new RunRecorder(this.#intervalMs, () => ({ ...pool.gauges, inFlight: this.#inFlight }));
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get progress(): Progress {
    const { name, workload } = this.#options;
    const done = Math.max(0, Math.min(1, this.now() / workload.durationMs));
    return { name, done, answers: this.#answers, errors: this.#errors };
  }

  now(): number {
    return performance.now() - this.#startedAt;
  }

  /** To be called once. Ends with the workload, or with the last answer if that comes later. */
  async run(): Promise<Run> {
    const { name, workload, sender, pool, maxOutstanding, signal } = this.#options;
    const close = () => sender.close();
    signal.addEventListener('abort', close);
    this.#startedAt = performance.now();
    pool.start(this.#intervalMs);
    if (workload.kind === 'open') await openLoop(workload, this, maxOutstanding);
    else await closedLoop(workload, this);
    const endMs = this.now();
    signal.removeEventListener('abort', close);
    sender.close();
    return this.#recorder.run(name, await pool.stop(), endMs);
  }

  async until(atMs: number): Promise<void> {
    for (let ms = atMs - this.now(); ms > 0 && !this.signal.aborted; ms = atMs - this.now()) {
      await pause(Math.min(ms, LONGEST_PAUSE_MS), undefined, { signal: this.signal }).catch(ignoreAbort);
    }
  }

  async send(intendedAt: number): Promise<Outcome> {
    const { sender, uploads } = this.#options;
    this.#recorder.advance(this.now());
    this.#inFlight++;
    const upload = uploads[this.#sent++ % uploads.length] as Upload;
    const outcome = await sender.send(upload);
    this.#recorder.advance(this.now());
    this.#inFlight--;
    // What the end of the run cuts off never had an answer.
    if (!this.signal.aborted) this.#answered(intendedAt, outcome.code);
    return outcome;
  }

  drop(intendedAt: number): void {
    this.#answered(intendedAt, NOT_SENT);
  }

  #answered(intendedAt: number, code: string | null): void {
    const now = this.now();
    this.#recorder.answer(now, now - intendedAt, code);
    this.#answers++;
    if (code !== null) this.#errors++;
  }
}

function ignoreAbort(error: Error): void {
  if (error.name !== 'AbortError') throw error;
}
