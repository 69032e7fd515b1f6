/**
 * The load test of the reference (awesome-fc/cat-dog-classify on Function Compute): a closed loop of 5 users, 10 more at
 * each minute, 5 minutes, nobody pauses.
 */
import { type ClosedWorkload, requirePositive } from './workload.ts';

const STEP_MS = 60_000;
const USERS = [5, 15, 25, 35, 45];

export interface ReferenceScale {
  /** Of the durations: 0.2 makes each step 12 s long. */
  readonly scale?: number | undefined;
  /** Of the users, rounded, at least one: 0.2 makes them 1, 3, 5, 7, 9. */
  readonly userScale?: number | undefined;
}

export function reference({ scale = 1, userScale = 1 }: ReferenceScale = {}): ClosedWorkload {
  requirePositive('reference', { scale, userScale });
  const stepMs = STEP_MS * scale;
  return {
    kind: 'closed',
    name: 'reference',
    durationMs: USERS.length * stepMs,
    steps: USERS.map((users, i) => ({ fromMs: i * stepMs, users: Math.max(1, Math.round(users * userScale)) })),
    thinkMs: 0,
  };
}
