/** Every field that is not simply a property of its parent. */
import type { Resolvers } from '../schema-types.generated.ts';
import { GraphQLUpload } from '../uploads/upload.ts';
import { Batch, BatchItem, BatchState, batch, batches, batchProgress, cancelBatch, ItemStatus } from './batches.ts';
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
  BatchState,
  ItemStatus,
  PoolStats,
  ClusterNode,
};
