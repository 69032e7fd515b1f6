/** What the outside may know of the scheduler, copied. */
import type { SchedulerSnapshot } from '../contracts/types.ts';
import type { State } from './state.ts';

export function takeSnapshot({ roster, counters, waitErrors }: State, now: number): SchedulerSnapshot {
  const workers = [...roster.all()];
  return {
    workers: workers.map(({ id, kind, model, state, served }) => ({ id, kind, model: model.key, state, served })),
    models: roster.models().map((model) => ({
      model: model.key,
      reserved: model.reserved,
      queued: model.queue.size + model.bound,
      serviceMs: model.service.time.of(1),
      coldStartMs: model.coldStartMs,
      startSlowdown: model.service.startSlowdown,
    })),
    counters: { ...counters },
    workerTime: roster.accounts.workerTime(now, workers),
    saturatedMs: roster.accounts.saturatedMs(now),
    waitError: { p50Ms: waitErrors.quantile(0.5, 0), p95Ms: waitErrors.quantile(0.95, 0) },
  };
}
