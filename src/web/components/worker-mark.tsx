// The sign for one worker, the same in the pool line and on receipts. The text beside it says all, so it is silent.
import type { Receipt } from '../../client/gateway-client.ts';

export function WorkerMark({ worker, busy }: { worker: Receipt['worker']; busy: boolean }) {
  const kind = worker === 'RESERVED' ? 'reserved' : 'on-demand';
  return <span class={`worker-mark ${kind} ${busy ? 'busy' : 'idle'}`} aria-hidden="true" />;
}
