import { GatewayError } from '../../core/errors.ts';
import { batchFiles } from '../batch-files.ts';
import type { ClassifyOptions, InputMaybe, MutationResolvers } from '../schema-types.generated.ts';
import { positive } from './positive.ts';

/** Files are spooled one by one as they arrive; whatever goes wrong, nothing of the batch remains. */
export const classifyBatch: MutationResolvers['classifyBatch'] = async (_root, args, context) => {
  const { images, clientBatchId, options } = args;
  const { gateway, uploads, arrival } = context;
  if (!arrival) throw new GatewayError('BAD_USER_INPUT', 'The pictures must be uploaded in a multipart request.');
  refuseForeignOptions(options);
  const model = gateway.repository.resolve(options?.model ?? gateway.defaultModel.key).key;
  const topK = positive('topK', options?.topK, 'a number of scores');
  const begun = await gateway.batches.begin({ clientBatchId: clientBatchId ?? null, model, topK });
  if (!('add' in begun)) return begun;
  try {
    for await (const { name, bytes } of batchFiles(images, { arrival, maxBytes: uploads.maxBytes })) {
      await begun.add(name, bytes);
    }
    return await begun.complete();
  } catch (error) {
    await begun.abort();
    throw error;
  }
};

function refuseForeignOptions(options: InputMaybe<ClassifyOptions> | undefined): void {
  for (const name of ['deadlineMs', 'priority', 'retryToken'] as const) {
    if (options?.[name] === undefined || options[name] === null) continue;
    throw new GatewayError('BAD_USER_INPUT', `${name} does not apply to a batch; only model and topK do.`);
  }
}
