/** The jobs that are neither answered nor rejected, and the index of their deadlines. */
import type { JobId, JobRequest, Priority } from '../contracts/types.ts';
import type { Job, Model, Worker } from './model.ts';
import { SortedQueue } from './sorted-queue.ts';

export class Jobs {
  readonly #patienceMs: number;
  readonly #jobs = new Map<JobId, Job>();
  readonly #deadlines = new SortedQueue<Job>(
    (a, b) => a.deadlineAt < b.deadlineAt || (a.deadlineAt === b.deadlineAt && a.seq < b.seq),
  );
  readonly #waiting: Record<Priority, number> = { interactive: 0, bulk: 0 };
  #seq = 0;

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  /** How many wait, of all models, in the queue or bound to a worker that starts. */
  waiting(priority: Priority): number {
    return this.#waiting[priority];
  }

  get(id: JobId): Job | undefined {
    return this.#jobs.get(id);
  }

  /** A job that is not in the queue yet. */
  create({ id, priority, deadlineAt }: JobRequest, model: Model, now: number): Job {
    return {
      id,
      model,
      priority,
      deadlineAt,
      orderedBy: Math.min(deadlineAt, now + this.#patienceMs),
      seq: this.#seq++,
      submittedAt: now,
      predictedWaitMs: 0,
      attempts: 0,
      worker: null,
      spilled: false,
    };
  }

  admit(job: Job): void {
    this.#jobs.set(job.id, job);
    if (job.deadlineAt < Number.POSITIVE_INFINITY) this.#deadlines.push(job);
    this.#waiting[job.priority]++;
    job.model.queue.push(job);
  }

  /** From the head of the model's queue to a warm worker. */
  take(model: Model, limit: number, worker: Worker): readonly Job[] {
    const batch = model.queue.take(limit);
    for (const job of batch) {
      job.worker = worker;
      job.attempts++;
      this.#waiting[job.priority]--;
    }
    model.running += batch.length;
    worker.jobs = batch;
    return batch;
  }

  /** From the queue to a worker that is not warm yet. */
  bind(job: Job, worker: Worker): void {
    job.model.queue.delete(job);
    job.worker = worker;
    job.spilled = true;
    job.model.bound++;
    worker.jobs = [job];
  }

  /** The worker that jobs are bound to is warm: they run. */
  unfold(worker: Worker): readonly Job[] {
    for (const job of worker.jobs) {
      job.attempts++;
      this.#waiting[job.priority]--;
    }
    worker.model.bound -= worker.jobs.length;
    worker.model.running += worker.jobs.length;
    return worker.jobs;
  }

  /** The worker has answered what it still had. */
  finish(worker: Worker): void {
    for (const job of worker.jobs) {
      this.#jobs.delete(job.id);
      if (job.deadlineAt < Number.POSITIVE_INFINITY) this.#deadlines.delete(job);
    }
    worker.model.running -= worker.jobs.length;
    worker.jobs = NONE;
  }

  /** Its worker died: back to where it was in the queue. */
  requeue(job: Job): void {
    const wasWaiting = job.worker?.state === 'starting';
    this.#leaveWorker(job);
    if (!wasWaiting) this.#waiting[job.priority]++;
    job.spilled = false;
    job.model.queue.push(job);
  }

  /** The job is over, whichever way. */
  remove(job: Job): void {
    this.#jobs.delete(job.id);
    if (job.deadlineAt < Number.POSITIVE_INFINITY) this.#deadlines.delete(job);
    if (job.worker === null || job.worker.state === 'starting') this.#waiting[job.priority]--;
    if (job.worker === null) job.model.queue.delete(job);
    else this.#leaveWorker(job);
  }

  /** The job whose deadline comes first, waiting or running. */
  nextDeadline(): Job | undefined {
    return this.#deadlines.peek();
  }

  #leaveWorker(job: Job): void {
    const { worker, model } = job;
    if (!worker) return;
    if (worker.state === 'starting') model.bound--;
    else model.running--;
    worker.jobs = worker.jobs.length === 1 ? NONE : worker.jobs.filter((other) => other !== job);
    job.worker = null;
  }
}

const NONE: readonly Job[] = [];
