/** Every field that is not simply a property of its parent. */
import type { Resolvers } from '../schema-types.generated.ts';
import { GraphQLUpload } from '../uploads/upload.ts';
import { Batch, BatchItem, batch, batches, batchProgress, cancelBatch } from './batches.ts';
import { classify } from './classify.ts';
import { classifyBatch } from './classify-batch.ts';
import { models } from './models.ts';
import { ClusterNode, PoolStats, pool, poolStats, provision } from './pool.ts';

export const resolvers: Resolvers = {
  Upload: GraphQLUpload,
  Query: { models, pool, poolStats, batch, batches },
  Mutation: { classify, classifyBatch, cancelBatch, provision },
  Subscription: { batchProgress },
  Batch,
  BatchItem,
  PoolStats,
  ClusterNode,
  // What the values of the enums are called within the gateway.
  BatchState: { ACCEPTING: 'accepting', RUNNING: 'running', COMPLETED: 'completed', CANCELLED: 'cancelled' },
  ItemStatus: { QUEUED: 'queued', RUNNING: 'running', DONE: 'done', FAILED: 'failed', CANCELLED: 'cancelled' },
  Priority: { INTERACTIVE: 'interactive', BULK: 'bulk' },
  WorkerKind: { RESERVED: 'reserved', ON_DEMAND: 'on-demand' },
  WorkerState: { STARTING: 'starting', IDLE: 'idle', BUSY: 'busy', STOPPING: 'stopping' },
};
