// The state of the worker pool, asked for once a second while somebody looks.
import { useEffect, useState } from 'preact/hooks';
import type { PoolSummary } from '../client/schema.generated.ts';
import { gateway } from './gateway.ts';
import { pollWhileVisible } from './poll.ts';

const INTERVAL_MS = 1000;

/** `connecting` only until the first answer or failure. */
export type PoolState = 'connecting' | 'unreachable' | PoolSummary;

export function usePool(): PoolState {
  const [pool, setPool] = useState<PoolState>('connecting');
  useEffect(() => {
    const ask = () => gateway.pool().then(setPool, () => setPool('unreachable'));
    return pollWhileVisible(ask, INTERVAL_MS, document);
  }, []);
  return pool;
}
