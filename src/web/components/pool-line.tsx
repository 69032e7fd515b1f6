// The pool at a glance: a square for each reserved worker, a circle for each on-demand one, filled while busy.
import type { PoolState } from '../use-pool.ts';
import { WorkerMark } from './worker-mark.tsx';

export function PoolLine({ pool }: { pool: PoolState }) {
  return (
    <section class="pool" aria-label="Worker pool">
      {/* Only a lost gateway is worth interrupting a listener for; figures that change every second are not. */}
      <p class="pool-lost" role="status">
        {pool === 'unreachable' ? 'gateway unreachable' : ''}
      </p>
      {pool === 'connecting' && <p class="hint">connecting</p>}
      {typeof pool === 'object' && (
        <ul>
          <Workers worker="RESERVED" name="reserved" count={pool.reserved} busy={pool.reservedBusy} />
          <Workers worker="ON_DEMAND" name="on-demand" count={pool.onDemand} busy={pool.onDemandBusy} />
          <li>{pool.queued} queued</li>
        </ul>
      )}
    </section>
  );
}

interface WorkersProps {
  worker: 'RESERVED' | 'ON_DEMAND';
  name: string;
  count: number;
  busy: number;
}

function Workers({ worker, name, count, busy }: WorkersProps) {
  return (
    <li>
      <span class="worker-marks">
        {Array.from({ length: count }, (_, place) => (
          // The summary gives counts only, so its place is all that a mark is.
          <WorkerMark key={place} worker={worker} busy={place < busy} />
        ))}
      </span>
      {count} {name}, {busy} busy
    </li>
  );
}
