/**
 * One worker: a piscina of exactly one thread. Piscina owns the thread and the messages; when to start, stop and what
 * to run is decided by the scheduler, so its own queue and autoscaling are never used.
 *
 *   constructed → warming → warm → ended
 * `onEnded` is called exactly once, whichever way the thread ended, after it is gone.
 */
import { createRequire } from 'node:module';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { Piscina } from 'piscina';
import type { ColdStartPhases } from '../core/contracts/ports.ts';
import { type Outcome, sharedNow, type Task, type WarmUpReport, type WorkerData } from '../worker/protocol.ts';

// The compiled file, also when this module runs from its source under a test runner.
const WORKER_FILE = createRequire(import.meta.url).resolve('#dist/worker/worker.js');

/** How long a worker that is to end may go on with its start, in ms: longer than any that is not stuck. */
const LOADING_PATIENCE_MS = 10_000;

export class WorkerSlot {
  readonly #piscina: Piscina;
  readonly #startedAt = sharedNow();
  readonly #onEnded: (why: string) => void;
  /** Settles when the thread is no longer loading native libraries; see #end. */
  #loading: Promise<unknown> = Promise.resolve();
  #ended: Promise<void> | null = null;
  #reason: string | null = null;

  constructor(data: WorkerData, onEnded: (why: string) => void) {
    this.#onEnded = onEnded;
    this.#piscina = new Piscina({
      filename: WORKER_FILE,
      workerData: data,
      // With a minimum of 0 piscina starts the thread for the first task and none after its death.
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: Number.POSITIVE_INFINITY,
      // 'sync' would block the thread's event loop between tasks.
      atomics: 'disabled',
      recordTiming: false,
    });
    this.#piscina.on('error', (error: Error) => this.#fail(error));
    this.#piscina.on('workerDestroy', () => void this.#end());
  }

  /** Resolves once the model is loaded and the whole path has run once. */
  async warmUp(): Promise<ColdStartPhases> {
    const warmUp = this.#run<WarmUpReport>(undefined, { name: 'warmUp' });
    this.#loading = warmUp.catch(() => {});
    const report = await warmUp;
    return {
      thread: report.threadUp - this.#startedAt,
      runtime: report.runtimeLoaded - report.threadUp,
      model: report.modelLoaded - report.runtimeLoaded,
      warmUp: report.warm - report.modelLoaded,
      total: sharedNow() - this.#startedAt,
    };
  }

  /** Runs one batch. Pictures in shared memory are not copied. Rejects if the worker dies or breaks. */
  run(task: Task): Promise<readonly Outcome[]> {
    return this.#run(task, {});
  }

  /** Ends the thread, whatever it is doing. */
  stop(why: string): Promise<void> {
    this.#reason ??= why;
    return this.#end();
  }

  /**
   * Not at once, for two reasons. A thread that died is first reported and then removed by piscina: to destroy the pool
   * in between would wait for an exit that has already been. And a thread that is terminated while it loads a native
   * library takes the whole process with it (onnxruntime-node aborts): so it may finish its start, up to a limit.
   */
  #end(): Promise<void> {
    this.#ended ??= this.#endWhenLoaded();
    return this.#ended;
  }

  async #endWhenLoaded(): Promise<void> {
    const patience = new AbortController();
    await nextTurn();
    await Promise.race([this.#loading, wait(LOADING_PATIENCE_MS, null, { signal: patience.signal }).catch(() => {})]);
    patience.abort();
    await this.#piscina.destroy();
    this.#onEnded(this.#reason ?? 'the thread exited');
  }

  async #run<Result>(task: unknown, options: { name?: string }): Promise<Result> {
    // piscina would start a new thread for it.
    if (this.#ended) throw new Error('The worker has ended.');
    try {
      return await this.#piscina.run(task, options);
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }

  /** A worker that threw outside of a picture is in an unknown state: it goes. */
  #fail(error: unknown): void {
    this.#reason ??= error instanceof Error ? error.message : String(error);
    void this.#end();
  }
}
