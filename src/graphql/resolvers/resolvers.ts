/** Every field that is not simply a property of its parent. */
import type { Resolvers } from '../schema-types.generated.ts';
import { GraphQLUpload } from '../uploads/upload.ts';
import { Batch, BatchItem, batch, batches, batchProgress, cancelBatch } from './batches.ts';
import { classify } from './classify.ts';
import { classifyBatch } from './classify-batch.ts';
import { enums } from './enums.ts';
import { models } from './models.ts';
import { ClusterNode, PoolStats, pool, poolStats, provision } from './pool.ts';

export const resolvers: Resolvers = {
  Upload: GraphQLUpload,
  ...enums,
  Query: { models, pool, poolStats, batch, batches },
  Mutation: { classify, classifyBatch, cancelBatch, provision },
  Subscription: { batchProgress },
  Batch,
  BatchItem,
  PoolStats,
  ClusterNode,
};
