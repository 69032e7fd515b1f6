/**
 * When requests come. Open: at times of their own, whatever the answers take. Closed: each user sends the next request
 * when the one before is answered, as the reference's load test did. The simulator and the load test run the same ones.
 */
import { UserError } from '../../core/contracts/user-error.ts';

export interface OpenWorkload {
  readonly kind: 'open';
  /** As the command line names it. */
  readonly name: string;
  /** From the first possible arrival to the last, in ms. */
  readonly durationMs: number;
  /** Ascending, in ms from the start; some may be equal. A new iteration gives the same times. */
  arrivals(): Iterable<number>;
}

export interface ClosedWorkload {
  readonly kind: 'closed';
  /** As the command line names it. */
  readonly name: string;
  readonly durationMs: number;
  /** Users from that time on, in ms from the start; ascending, the first at 0. */
  readonly steps: readonly UserStep[];
  /** Pause of a user between an answer and the next request, in ms. */
  readonly thinkMs: number;
}

export interface UserStep {
  readonly fromMs: number;
  readonly users: number;
}

export type Workload = OpenWorkload | ClosedWorkload;

/** No workload can be made of what was given. An error for whoever asked for it, who can mend it. */
export class WorkloadError extends UserError {}

/** Throws unless every value is a finite number above 0. */
export function requirePositive(workload: string, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (!(value > 0 && value < Number.POSITIVE_INFINITY))
      throw new WorkloadError(`${name} of the ${workload} workload is ${value}, expected a number above 0`);
  }
}
