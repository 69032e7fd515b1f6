/** What can be set about batches in Redis. */
import type { ClusterNode } from './cluster-view.ts';

export interface RedisStoreOptions {
  /** redis:// or rediss:// (TLS), with user, password and database if need be. */
  readonly url: string;
  /** Of all keys. */
  readonly prefix?: string;
  /** An item whose gateway died is run by another one within that time. */
  readonly stallIntervalMs?: number;
  /** Pause before an item that was given back is run again, and before a Redis that takes nothing is asked again. */
  readonly retryDelayMs?: number;
  /**
   * How often this gateway says that it is there, and looks after uploads that others left behind: they are forgotten after
   * six times as long. A third of the stall interval if not set.
   */
  readonly heartbeatMs?: number;
  /** A Redis that has not answered for so long is away. */
  readonly answerTimeoutMs?: number;
  /** What the others see of this gateway. */
  readonly describe: () => Pick<ClusterNode, 'address' | 'workers'>;
  /** What goes wrong in the background and is tried again. That Redis is away is told by `trouble()` instead. */
  readonly onError?: (error: Error) => void;
}

const STALL_INTERVAL_MS = 15_000;

export function withDefaults(options: RedisStoreOptions): Required<RedisStoreOptions> {
  return {
    prefix: 'warmpool',
    stallIntervalMs: STALL_INTERVAL_MS,
    retryDelayMs: 1_000,
    heartbeatMs: (options.stallIntervalMs ?? STALL_INTERVAL_MS) / 3,
    answerTimeoutMs: 5_000,
    onError: () => {},
    ...options,
  };
}
