/** The jobs that are neither answered nor rejected: one queue per model, one index of deadlines. */
import { IndexedHeap } from './queue.ts';
import type { JobId, JobRequest, ModelKey, WorkerId } from './types.ts';

export interface Job extends JobRequest {
  /** Order of arrival; a retried job keeps it and so comes first. */
  readonly seq: number;
  readonly submittedAt: number;
  readonly predictedWaitMs: number;
  /** Times it was given to a worker. */
  attempts: number;
  /** The worker that runs it, or null while it waits. */
  worker: WorkerId | null;
}

export class Jobs {
  readonly #jobs = new Map<JobId, Job>();
  readonly #queues = new Map<ModelKey, IndexedHeap<Job>>();
  readonly #running = new Map<WorkerId, Set<Job>>();
  readonly #deadlines = new IndexedHeap<Job>(
    (a, b) => a.deadlineAt < b.deadlineAt || (a.deadlineAt === b.deadlineAt && a.seq < b.seq),
  );
  #seq = 0;
  #totalQueued = 0;

  get totalQueued(): number {
    return this.#totalQueued;
  }

  get(id: JobId): Job | undefined {
    return this.#jobs.get(id);
  }

  add(request: JobRequest, now: number, predictedWaitMs: number): void {
    const job: Job = { ...request, seq: this.#seq++, submittedAt: now, predictedWaitMs, attempts: 0, worker: null };
    this.#jobs.set(job.id, job);
    if (Number.isFinite(job.deadlineAt)) this.#deadlines.push(job);
    this.queued(job.model).push(job);
    this.#totalQueued++;
  }

  /** Jobs of a model that wait, first come first. */
  queued(model: ModelKey): IndexedHeap<Job> {
    let queue = this.#queues.get(model);
    if (!queue) {
      queue = new IndexedHeap<Job>((a, b) => a.seq < b.seq);
      this.#queues.set(model, queue);
    }
    return queue;
  }

  /** Order of arrival of the request of a model that has waited longest; `Infinity` if none waits. */
  firstSeq(model: ModelKey): number {
    return this.queued(model).peek()?.seq ?? Number.POSITIVE_INFINITY;
  }

  /**
   * Moves up to `limit` jobs from the head of the queue to a worker. A job whose worker died goes alone: if it was the
   * cause, it takes no other with it.
   */
  take(model: ModelKey, limit: number, worker: WorkerId): readonly Job[] {
    const queue = this.queued(model);
    const batch: Job[] = [];
    while (batch.length < limit) {
      const job = queue.peek();
      if (!job || (batch[0] && batch[0].attempts > 1)) break;
      queue.pop();
      job.worker = worker;
      job.attempts++;
      batch.push(job);
    }
    this.#totalQueued -= batch.length;
    this.#running.set(worker, new Set(batch));
    return batch;
  }

  runningOn(worker: WorkerId): readonly Job[] {
    return [...(this.#running.get(worker) ?? [])];
  }

  /** Its worker died: back to its old place in the queue. */
  requeue(job: Job): void {
    this.#leaveWorker(job);
    this.queued(job.model).push(job);
    this.#totalQueued++;
  }

  /** The job is over, whichever way. */
  remove(job: Job): void {
    this.#jobs.delete(job.id);
    this.#deadlines.delete(job);
    if (this.queued(job.model).delete(job)) this.#totalQueued--;
    this.#leaveWorker(job);
  }

  /** The job whose deadline comes first, waiting or running. */
  nextDeadline(): Job | undefined {
    return this.#deadlines.peek();
  }

  #leaveWorker(job: Job): void {
    if (job.worker === null) return;
    const batch = this.#running.get(job.worker);
    batch?.delete(job);
    if (batch?.size === 0) this.#running.delete(job.worker);
    job.worker = null;
  }
}
