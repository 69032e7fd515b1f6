/** What a store in Redis is opened with. */
import type { Clock } from '../../core/contracts/ports.ts';
import type { ClusterNode } from '../cluster-view.ts';

export interface RedisStoreOptions {
  /** redis:// or rediss:// (TLS), with user, password and database if need be. */
  readonly url: string;
  /** What the names of all its keys begin with. */
  readonly prefix: string;
  /** An item whose gateway died is run by another one within that time. */
  readonly stallIntervalMs: number;
  /** Pause before an item that was given back is run again, and before a Redis that takes nothing is asked again. */
  readonly retryDelayMs?: number;
  /**
   * How often this gateway says that it is there, and looks after uploads that others left behind: they are forgotten after
   * six times as long. A third of the stall interval if not set.
   */
  readonly heartbeatMs?: number;
  /** A Redis that has not answered for so long is away. */
  readonly answerTimeoutMs?: number;
  readonly clock: Clock;
  /** What the others see of this gateway. */
  readonly describe: () => Pick<ClusterNode, 'address' | 'workers'>;
  /** What goes wrong in the background and is tried again. That Redis is away is told by `trouble()` instead. */
  readonly onError: (error: Error) => void;
  /** Redis is away, and why, or there again: null. Not called for the first time that it is there. */
  readonly onAvailability: (trouble: string | null) => void;
}
