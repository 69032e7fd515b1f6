/** A subscriber that wants to know all of a batch: when it is cut off it comes back for what follows its last event. */
import type { Subscribe } from '../http/subscribers.ts';
import { eventsIn, follow, type Progress, type ProgressEvent, until } from './batch-client.ts';

export class Follower {
  /** Resolves when it has been told that the batch is complete. */
  readonly ended: Promise<void>;
  readonly #begin: (after: number) => Progress;
  readonly #mayResume: () => Promise<unknown>;
  readonly #before: ProgressEvent[] = [];
  #progress: Progress;
  #losses = 0;

  /** `mayResume` is awaited before it comes back. */
  constructor(url: string, id: string, subscribe: Subscribe, mayResume = () => Promise.resolve<unknown>(undefined)) {
    this.#begin = (after) => follow(url, id, after, subscribe);
    this.#mayResume = mayResume;
    this.#progress = this.#begin(0);
    this.ended = this.#run();
    this.ended.catch(() => {});
  }

  get events(): readonly ProgressEvent[] {
    return [...this.#before, ...eventsIn(this.#progress)];
  }

  /** Of the latest event. */
  get seq(): number {
    return this.events.at(-1)?.seq ?? 0;
  }

  /** How often it was cut off. */
  get losses(): number {
    return this.#losses;
  }

  /** Destroys its socket under it. */
  drop(): void {
    this.#progress.drop();
  }

  reached(seq: number): Promise<void> {
    return until(async () => this.seq >= seq);
  }

  /** Resolves when it has come back that often. */
  resumed(times: number): Promise<void> {
    return until(async () => this.#losses >= times);
  }

  async #run(): Promise<void> {
    for (;;) {
      await this.#progress.ended.catch(() => {});
      const { events } = this;
      if (events.at(-1)?.state === 'COMPLETED') return;
      await this.#mayResume();
      this.#before.splice(0, Number.POSITIVE_INFINITY, ...events);
      this.#progress = this.#begin(events.at(-1)?.seq ?? 0);
      this.#losses++;
    }
  }
}
