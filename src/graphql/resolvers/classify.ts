import { randomUUID } from 'node:crypto';
import { GatewayError } from '../../core/errors.ts';
import { classify as classifyPicture } from '../../pool/classifier.ts';
import type { MutationResolvers } from '../schema-types.generated.ts';
import { graphqlWorkerKind } from './pool.ts';

export const classify: MutationResolvers['classify'] = async (_root, { image, options }, context) => {
  const { gateway, uploads, gone, arrival } = context;
  if (!arrival) throw new GatewayError('BAD_USER_INPUT', 'The picture must be uploaded in a multipart request.');
  const model = options?.model ? gateway.repository.resolve(options.model) : gateway.defaultModel;
  return uploads.read(image, arrival, async (picture) => {
    const classification = await classifyPicture(gateway.pool, {
      id: randomUUID(),
      picture,
      model,
      topK: options?.topK ?? null,
      deadlineMs: options?.deadlineMs ?? null,
      signal: gone,
    });
    const { receipt } = classification;
    return { ...classification, receipt: { ...receipt, worker: graphqlWorkerKind(receipt.worker) } };
  });
};
