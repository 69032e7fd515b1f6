/**
 * One worker: a piscina of exactly one thread. Piscina owns the thread and the messages; when to start, stop and what
 * to run is decided by the scheduler, so its own queue and autoscaling are never used.
 *
 *   constructed → warming → warm → ended
 * `onEnded` is called exactly once, whichever way the thread ended, after it is gone.
 */
import { createRequire } from 'node:module';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Piscina } from 'piscina';
import type { ColdStartPhases } from '../core/contracts/ports.ts';
import { closeGate, openGate } from '../worker/native-gate.ts';
import { type Outcome, sharedNow, type Task, type WarmUpReport, type WorkerData } from '../worker/protocol.ts';

// The compiled file, also when this module runs from its source under a test runner.
const WORKER_FILE = createRequire(import.meta.url).resolve('#dist/worker/worker.js');

/** How long a worker that is to end may stay in a library, in ms: longer than any call that is not stuck. */
const GATE_PATIENCE_MS = 10_000;

export class WorkerSlot {
  readonly #piscina: Piscina;
  readonly #startedAt = sharedNow();
  readonly #gate = openGate();
  readonly #onEnded: (why: string) => void;
  #ended: Promise<void> | null = null;
  #reason: string | null = null;

  constructor(data: Omit<WorkerData, 'gate'>, onEnded: (why: string) => void) {
    this.#onEnded = onEnded;
    this.#piscina = new Piscina({
      filename: WORKER_FILE,
      workerData: { ...data, gate: this.#gate } satisfies WorkerData,
      // With a minimum of 0 piscina starts the thread for the first task and none after its death.
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: Number.POSITIVE_INFINITY,
      // 'sync' would block the thread's event loop between tasks.
      atomics: 'disabled',
      recordTiming: false,
    });
    this.#piscina.on('error', (error: Error) => this.#fail(error));
    this.#piscina.on('workerDestroy', () => {
      // Whatever it was in: nothing runs in a thread that is gone.
      Atomics.store(this.#gate, 0, 0);
      void this.#end();
    });
  }

  /** Resolves once the model is loaded and the whole path has run once. */
  async warmUp(): Promise<ColdStartPhases> {
    const report = await this.#run<WarmUpReport>(undefined, { name: 'warmUp' });
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
   * in between would wait for an exit that has already been. And a thread that is terminated while a native library runs
   * in it may take the whole process with it: see native-gate.ts.
   */
  #end(): Promise<void> {
    this.#ended ??= this.#endOutsideOfLibraries();
    return this.#ended;
  }

  async #endOutsideOfLibraries(): Promise<void> {
    await nextTurn();
    await closeGate(this.#gate, GATE_PATIENCE_MS);
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
