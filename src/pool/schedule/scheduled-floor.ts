/**
 * Keeps a model's reserved floor as a schedule says. The floor is set when an occurrence comes and left alone until the
 * next one, so that what an operator provisions by hand in between holds until then. One that the pool refuses stays due.
 *
 * A raise begins before its time, so that the workers are warm when it comes; but never before the occurrence that it
 * follows. A lowering is on time. The wall clock says when; what waits is the monotonic clock, in short naps, because the
 * two part when the wall clock is set or the machine sleeps, and because the estimate of a cold start is learned meanwhile.
 */
import type { Clock } from '../../core/contracts/ports.ts';
import type { ModelKey } from '../../core/contracts/types.ts';
import { latestOccurrence, nextOccurrence, type Occurrence, type Schedule } from './occurrences.ts';

/** Longest wait until the clocks and the estimate are looked at again, in ms. */
const LONGEST_NAP_MS = 60_000;

/** However long a start may take, in ms. */
const LONGEST_LEAD_MS = 600_000;

/**
 * An estimate is an average, and workers that start together slow each other down: four at once on two cores were warm
 * after 1.7 times the estimate.
 */
const LEAD_FACTOR = 2;

/** How long before its time a raise begins, in ms, if a cold start is expected to take so long. */
export function leadMs(coldStartMs: number): number {
  return Math.min(LEAD_FACTOR * coldStartMs, LONGEST_LEAD_MS);
}

interface ModelFloor {
  readonly model: ModelKey;
  readonly reserved: number;
  /** As the pool estimates it, in ms. */
  readonly coldStartMs: number;
}

interface ScheduledFloorParts {
  readonly schedule: Schedule;
  /** The WarmPool; it has to know the model. */
  readonly pool: {
    stats(): { readonly models: readonly ModelFloor[] };
    provision(model: ModelKey, reserved: number): void;
  };
  readonly model: ModelKey;
  readonly clock: Clock;
  /** Milliseconds since the epoch. */
  readonly wallClock: () => number;
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}

export class ScheduledFloor {
  readonly #parts: ScheduledFloorParts;
  /** The occurrence to follow next. */
  #next: Occurrence;
  #checkedMs: number;
  /** Tried again until it fits, the next one comes, or an operator changes the floor that it found. */
  #refused: { readonly occurrence: Occurrence; readonly floor: number } | null = null;
  #cancelTimer = () => {};

  /** Sets the floor of the occurrence in force, at once. */
  constructor(parts: ScheduledFloorParts) {
    this.#parts = parts;
    this.#checkedMs = parts.wallClock();
    this.#next = latestOccurrence(parts.schedule, this.#checkedMs);
    this.#follow();
  }

  close(): void {
    this.#cancelTimer();
  }

  #follow(): void {
    const { schedule, pool, model, clock, wallClock } = this.#parts;
    const now = wallClock();
    // The wall clock was set back: what was next may be far away now.
    if (now < this.#checkedMs - LONGEST_NAP_MS) {
      this.#next = latestOccurrence(schedule, now);
      this.#refused = null;
    }
    this.#checkedMs = now;
    const floor = pool.stats().models.find((one) => one.model === model) as ModelFloor;

    // Several may be due, after a sleep of the machine or within one lead: only the last of them counts.
    let due = this.#refused?.floor === floor.reserved ? this.#refused.occurrence : null;
    if (this.#next.atMs <= now) {
      due = latestOccurrence(schedule, now);
      this.#next = nextOccurrence(schedule, now);
    }
    const beginMs = () => {
      const isRaise = this.#next.reserved > (due ?? floor).reserved;
      return isRaise ? this.#next.atMs - leadMs(floor.coldStartMs) : this.#next.atMs;
    };
    while (beginMs() <= now) {
      due = this.#next;
      this.#next = nextOccurrence(schedule, due.atMs);
    }
    if (due) this.#set(due, floor.reserved);
    else this.#refused = null;
    this.#cancelTimer = clock.at(clock.now() + Math.min(beginMs() - now, LONGEST_NAP_MS), () => this.#follow());
  }

  #set(occurrence: Occurrence, floor: number): void {
    const { pool, model, log } = this.#parts;
    const { atMs, reserved } = occurrence;
    const isRetry = this.#refused?.occurrence === occurrence;
    this.#refused = null;
    const fields = { model, reserved, from: new Date(atMs).toISOString() };
    try {
      pool.provision(model, reserved);
      log.info(fields, 'reserved workers set by the schedule');
    } catch (error) {
      // An operator may have reserved so many workers for other models that these do not fit.
      this.#refused = { occurrence, floor };
      if (isRetry) return;
      log.warn({ ...fields, problem: (error as Error).message }, 'reserved workers of the schedule refused');
    }
  }
}
