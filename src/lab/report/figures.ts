/** The scheduler's account of a run, as figures of its report: what came between two looks at it. */
import type { Counters, SchedulerSnapshot, WorkerKind } from '../../core/contracts/types.ts';
import type { Figure } from './run.ts';

export type Account = Pick<SchedulerSnapshot, 'counters' | 'workerTime' | 'saturatedMs' | 'waitError'>;

export function figuresOf(before: Account, after: Account): readonly Figure[] {
  const counted = (name: keyof Counters) => after.counters[name] - before.counters[name];
  const seconds = (kind: WorkerKind, ...activities: readonly ('starting' | 'idle' | 'busy')[]) =>
    activities.reduce((ms, a) => ms + after.workerTime[kind][a] - before.workerTime[kind][a], 0) / 1000;
  const reserved = seconds('reserved', 'starting', 'idle', 'busy');
  const onDemand = seconds('on-demand', 'starting', 'idle', 'busy');
  const count = (key: string, label: string, value: number): Figure => ({ key, label, value, digits: 0 });
  const time = (key: string, label: string, value: number): Figure => ({ key, label, value, digits: 1 });
  return [
    count('coldServed', 'cold-served', counted('coldServed')),
    count('spilled', 'spilled', counted('spilled')),
    count('rejected', 'rejected', counted('rejected') + counted('expired')),
    count('workersStarted', 'starts', counted('workersStarted')),
    count('uselessSpawns', 'useless spawns', counted('uselessSpawns')),
    time('workerSeconds', 'worker-seconds', reserved + onDemand),
    time('reservedBusySeconds', 'reserved busy s', seconds('reserved', 'busy')),
    time('reservedIdleSeconds', 'reserved idle s', seconds('reserved', 'idle', 'starting')),
    time('onDemandBusySeconds', 'on-demand busy s', seconds('on-demand', 'busy')),
    time('onDemandIdleSeconds', 'on-demand idle s', seconds('on-demand', 'idle', 'starting')),
    time('saturatedSeconds', 'saturated s', (after.saturatedMs - before.saturatedMs) / 1000),
    count('metNoIdleWorker', 'met no idle worker', counted('metNoIdleWorker')),
    time('waitErrorP50Ms', 'wait error p50 ms', after.waitError.p50Ms),
    time('waitErrorP95Ms', 'wait error p95 ms', after.waitError.p95Ms),
  ];
}
