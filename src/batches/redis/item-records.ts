/**
 * What happens to items that are run: they are taken, given back, or end with an outcome. These steps wait while Redis is away
 * or refuses to write, so that no outcome is lost.
 */
import { setTimeout } from 'node:timers/promises';
import type { BatchWork, ItemOutcome } from '../types.ts';
import { isRefusal, type RedisConnection } from './connection.ts';
import { toNewItem, toTopK } from './rows.ts';
import { type Step, type StepArgument, step } from './steps.ts';

export class ItemRecords {
  readonly #connection: RedisConnection;
  readonly #retryDelayMs: number;
  readonly #signal: AbortSignal;

  /** Once the signal is aborted, a step that Redis refuses is not tried again. */
  constructor(connection: RedisConnection, retryDelayMs: number, signal: AbortSignal) {
    this.#connection = connection;
    this.#retryDelayMs = retryDelayMs;
    this.#signal = signal;
  }

  /** The item is running from now on; null if it is not to be run: it has ended, or its batch is cancelled or gone. */
  async begin(batchId: string, index: number): Promise<BatchWork | null> {
    const answer = await this.#step('itemMove', batchId, index, 'r');
    if (answer === null) return null;
    const [model, topK, item] = answer as [string, string, string];
    return { batchId, index, model, topK: toTopK(topK), extent: toNewItem(item).extent };
  }

  /** The item waits again. False if it does not: it has ended, or its batch is cancelled or gone. */
  async giveBack(batchId: string, index: number): Promise<boolean> {
    return (await this.#step('itemMove', batchId, index, 'q')) !== null;
  }

  /** The first outcome of an item stays; further ones change nothing. Whether it is the first. */
  async record(batchId: string, index: number, outcome: ItemOutcome): Promise<boolean> {
    const args = [index, outcome.ok ? 'done' : 'failed', JSON.stringify(outcome)];
    return (await this.#step('itemRecord', batchId, ...args)) !== null;
  }

  async #step(name: Step, batchId: string, ...args: StepArgument[]): Promise<unknown> {
    const { patient, keys } = this.#connection;
    for (;;) {
      try {
        return await step(patient, keys, name, batchId, args);
      } catch (error) {
        if (!isRefusal(error)) throw error;
      }
      await setTimeout(this.#retryDelayMs, undefined, { signal: this.#signal });
    }
  }
}
