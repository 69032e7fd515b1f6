/** What the loops, closed and open, need of a run. */
import type { Outcome } from './sender.ts';

/** An arrival that came while as many requests as allowed had no answer. */
export const NOT_SENT = 'NOT_SENT';

export interface Load {
  /** Aborted when the run is to end early. */
  readonly signal: AbortSignal;
  /** Requests sent and not yet answered. */
  readonly inFlight: number;
  /** From the start of the run, in ms. */
  now(): number;
  /** Resolves once the run has come to that time, or is to end. */
  until(atMs: number): Promise<void>;
  /** Sends a request that was to start at `intendedAt`. Never rejects. */
  send(intendedAt: number): Promise<Outcome>;
  /** Counts a request that was to start at `intendedAt` as NOT_SENT. */
  drop(intendedAt: number): void;
}
