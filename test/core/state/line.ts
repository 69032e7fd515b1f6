/** The order in which a model's requests must be served, counted out the slow way. */
import type { ModelKey, Priority } from '../../../src/core/contracts/types.ts';
import type { JobRecord } from '../records.ts';

/** Dispatched while requests of both classes waited. */
interface Contest {
  interactive: number;
  bulk: number;
}

export class Line {
  readonly #open: ReadonlySet<JobRecord>;
  readonly #bulkShare: number;
  readonly #contests = new Map<ModelKey, Contest>();

  /** `open`: the jobs that are not over, in the order of their arrival. */
  constructor(open: ReadonlySet<JobRecord>, bulkShare: number) {
    this.#open = open;
    this.#bulkShare = bulkShare;
  }

  /** Those that no worker has, the earliest deadline first. */
  waiting(model: ModelKey, priority: Priority): readonly JobRecord[] {
    const own = [...this.#open].filter((job) => job.model === model && job.priority === priority);
    return own.filter(({ state }) => state === 'waiting').sort((a, b) => a.orderedBy - b.orderedBy);
  }

  anyWaits(model: ModelKey): boolean {
    return [...this.#open].some((job) => job.model === model && job.state === 'waiting');
  }

  /** The class whose turn it is: bulk gets one as soon as its share of what was dispatched is a whole request behind. */
  next(model: ModelKey): Priority {
    if (this.waiting(model, 'bulk').length === 0) return 'interactive';
    if (this.waiting(model, 'interactive').length === 0) return 'bulk';
    const { interactive, bulk } = this.contest(model);
    const due = interactive * this.#bulkShare >= (bulk + 1) * (1 - this.#bulkShare) - 1e-9;
    return due ? 'bulk' : 'interactive';
  }

  head(model: ModelKey): JobRecord | undefined {
    return this.waiting(model, this.next(model))[0];
  }

  /** What a dispatch of `count` requests must hold: a retried one goes alone. */
  batch(model: ModelKey, count: number): readonly JobRecord[] {
    const line = this.waiting(model, this.next(model));
    const retried = line.findIndex((job) => job.bindings.length > 0);
    return line.slice(0, retried === -1 ? count : Math.min(count, Math.max(1, retried)));
  }

  /** To be called before these jobs leave the line. */
  dispatched(model: ModelKey, priority: Priority, count: number): void {
    const other = priority === 'bulk' ? 'interactive' : 'bulk';
    const contest = this.contest(model);
    if (this.waiting(model, other).length > 0) contest[priority] += count;
    else this.#contests.delete(model);
  }

  contest(model: ModelKey): Contest {
    const contest = this.#contests.get(model) ?? { interactive: 0, bulk: 0 };
    this.#contests.set(model, contest);
    return contest;
  }
}
