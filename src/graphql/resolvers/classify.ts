import { randomUUID } from 'node:crypto';
import { classify as classifyPicture } from '../../pool/classifier.ts';
import type { MutationResolvers } from '../schema-types.generated.ts';
import { graphqlWorkerKind } from './pool.ts';
import { positive } from './positive.ts';

export const classify: MutationResolvers['classify'] = async (_root, { image, options }, context) => {
  const { gateway, uploads, gone } = context;
  const model = gateway.repository.resolve(options?.model ?? gateway.defaultModel.key);
  const topK = positive('topK', options?.topK, 'a number of scores');
  const deadlineMs = positive('deadlineMs', options?.deadlineMs, 'milliseconds');
  const { bytes, release } = await uploads.read(image);
  const { receipt, ...classification } = await classifyPicture(gateway.pool, {
    id: randomUUID(),
    picture: bytes,
    onReleased: release,
    model,
    priority: options?.priority === 'BULK' ? 'bulk' : 'interactive',
    topK,
    deadlineMs,
    signal: gone,
  });
  return { ...classification, receipt: { ...receipt, worker: graphqlWorkerKind(receipt.worker) } };
};
