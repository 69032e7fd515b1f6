/** The enums of the schema: what their values are called within the gateway. */
import type { Resolvers } from '../schema-types.generated.ts';

export const enums: Required<Pick<Resolvers, 'BatchState' | 'ItemStatus' | 'Priority' | 'WorkerKind' | 'WorkerState'>> =
  {
    BatchState: { ACCEPTING: 'accepting', RUNNING: 'running', COMPLETED: 'completed', CANCELLED: 'cancelled' },
    ItemStatus: { QUEUED: 'queued', RUNNING: 'running', DONE: 'done', FAILED: 'failed', CANCELLED: 'cancelled' },
    Priority: { INTERACTIVE: 'interactive', BULK: 'bulk' },
    WorkerKind: { RESERVED: 'reserved', ON_DEMAND: 'on-demand' },
    WorkerState: { STARTING: 'starting', IDLE: 'idle', BUSY: 'busy', STOPPING: 'stopping' },
  };
