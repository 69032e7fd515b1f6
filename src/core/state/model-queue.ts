/**
 * The requests of one model that wait: interactive before bulk, which keeps its share; within a class the earliest
 * deadline first. A retried request goes back to where it was.
 */
import type { Priority } from '../contracts/types.ts';
import { goesFirst } from '../policies/share.ts';
import { SortedQueue } from './sorted-queue.ts';

/** Shares are no binary fractions: what is off by less than this is whole. */
const ROUNDING = 1e-9;

/** What the order of the requests depends on. */
interface Waiting {
  readonly priority: Priority;
  /** Its deadline or, without one, the end of its patience. */
  readonly orderedBy: number;
  /** Order of arrival. */
  readonly seq: number;
  /** Times it was given to a worker. */
  readonly attempts: number;
}

export class ModelQueue<Job extends Waiting> {
  readonly #bulkShare: number;
  readonly #classes: Readonly<Record<Priority, SortedQueue<Job>>> = {
    interactive: new SortedQueue<Job>(earlier),
    bulk: new SortedQueue<Job>(earlier),
  };
  /** What bulk is owed, in requests. */
  #owed = 0;

  constructor(bulkShare: number) {
    this.#bulkShare = bulkShare;
  }

  get size(): number {
    return this.#classes.interactive.size + this.#classes.bulk.size;
  }

  /** Whose turn it is. */
  get next(): Priority {
    return goesFirst(this.#classes.interactive.size, this.#classes.bulk.size, this.#owed);
  }

  of(priority: Priority): SortedQueue<Job> {
    return this.#classes[priority];
  }

  push(job: Job): void {
    this.#classes[job.priority].push(job);
  }

  delete(job: Job): boolean {
    return this.#classes[job.priority].delete(job);
  }

  /** The request that is served next. */
  peek(): Job | undefined {
    return this.#classes[this.next].peek();
  }

  /**
   * Takes up to `limit` requests of one class from its head. A job whose worker died goes alone: if it was the cause, it
   * takes no other with it.
   */
  take(limit: number): readonly Job[] {
    const priority = this.next;
    const queue = this.#classes[priority];
    const batch: Job[] = [];
    for (let job = queue.peek(); job && batch.length < limit; job = queue.peek()) {
      if (batch.length > 0 && (job.attempts > 0 || (batch[0] as Job).attempts > 0)) break;
      queue.shift();
      batch.push(job);
    }
    this.#account(priority, batch.length);
    return batch;
  }

  /** How many requests are served before this one, as things stand. */
  ahead(job: Job): number {
    const { interactive, bulk } = this.#classes;
    const rank = this.#classes[job.priority].rank(job);
    const others = job.priority === 'interactive' ? bulk.size : interactive.size;
    return rank + Math.min(others, Math.max(0, this.#othersBefore(job.priority, rank)));
  }

  /** Of an endless supply of the other class, how many come before the request with this rank. */
  #othersBefore(priority: Priority, rank: number): number {
    const share = this.#bulkShare;
    if (priority === 'interactive') return Math.floor(this.#owed + (rank * share) / (1 - share) + ROUNDING);
    return share === 0
      ? Number.POSITIVE_INFINITY
      : Math.ceil(((rank + 1 - this.#owed) * (1 - share)) / share - ROUNDING);
  }

  /** While both wait, each interactive request earns bulk its share of one; what bulk takes is paid from that. */
  #account(priority: Priority, taken: number): void {
    const other = priority === 'interactive' ? this.#classes.bulk : this.#classes.interactive;
    if (other.size === 0) this.#owed = 0;
    else if (priority === 'interactive') this.#owed += (taken * this.#bulkShare) / (1 - this.#bulkShare);
    else this.#owed -= taken;
  }
}

function earlier(a: Waiting, b: Waiting): boolean {
  return a.orderedBy < b.orderedBy || (a.orderedBy === b.orderedBy && a.seq < b.seq);
}
