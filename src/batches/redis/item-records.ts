/**
 * The items' part of the batch records: taking, giving back, and the outcome. These steps wait for a Redis that is away or
 * takes nothing, so that no outcome is lost.
 */
import { setTimeout } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { BatchWork, ItemOutcome } from '../types.ts';
import { isRefusal } from './connection.ts';
import type { RedisKeys } from './keys.ts';
import { toNewItem, toTopK } from './rows.ts';
import { type Step, step } from './steps.ts';

export class ItemRecords {
  readonly #redis: Redis;
  readonly #keys: RedisKeys;
  readonly #retryDelayMs: number;
  readonly #signal: AbortSignal;

  /** `redis` is the patient connection. Once the signal is aborted nothing is tried twice. */
  constructor(redis: Redis, keys: RedisKeys, retryDelayMs: number, signal: AbortSignal) {
    this.#redis = redis;
    this.#keys = keys;
    this.#retryDelayMs = retryDelayMs;
    this.#signal = signal;
  }

  /** The item is running from now on; null if it is not to be run: it has ended, or its batch is cancelled or gone. */
  async begin(batchId: string, index: number): Promise<BatchWork | null> {
    const { batch, status, items } = this.#keys.of(batchId);
    const answer = await this.#step('itemBegin', [batch, status, items], [index, this.#keys.changes]);
    if (answer === null) return null;
    const [model, topK, item] = answer as [string, string, string];
    return { batchId, index, model, topK: toTopK(topK), extent: toNewItem(item).extent };
  }

  /** The item waits again. False if it does not: it has ended, or its batch is cancelled or gone. */
  async giveBack(batchId: string, index: number): Promise<boolean> {
    const { batch, status } = this.#keys.of(batchId);
    return (await this.#step('itemReturn', [batch, status], [index, this.#keys.changes])) !== null;
  }

  /** The first outcome of an item stays; further ones change nothing. Whether it is the first. */
  async record(batchId: string, index: number, outcome: ItemOutcome): Promise<boolean> {
    const { batch, status, outcomes, events } = this.#keys.of(batchId);
    const args = [index, this.#keys.changes, outcome.ok ? 'done' : 'failed', JSON.stringify(outcome)];
    return (await this.#step('itemRecord', [batch, status, outcomes, events], args)) !== null;
  }

  async #step(name: Step, keys: string[], args: (string | number)[]): Promise<unknown> {
    for (;;) {
      try {
        return await step(this.#redis, name, keys, args);
      } catch (error) {
        if (!isRefusal(error)) throw error;
      }
      await setTimeout(this.#retryDelayMs, undefined, { signal: this.#signal });
    }
  }
}
