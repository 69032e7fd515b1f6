import { GatewayError } from '../../core/contracts/errors.ts';
import type { ClassifyOptions, InputMaybe, MutationResolvers } from '../schema-types.generated.ts';
import { positive } from './positive.ts';

const NO_FILES = 'There are no pictures; 1 or more must be uploaded in a multipart request.';
/** Room for some folders. */
const MAX_NAME_LENGTH = 1024;

/** Files are spooled one by one as they arrive; whatever goes wrong, nothing of the batch remains. */
export const classifyBatch: MutationResolvers['classifyBatch'] = async (_root, args, context) => {
  const { images, clientBatchId, options } = args;
  const { gateway } = context;
  if (images.length === 0) throw new GatewayError('BAD_USER_INPUT', NO_FILES);
  refuseForeignOptions(options);
  const model = gateway.repository.resolve(options?.model ?? gateway.defaultModel.key).key;
  const topK = positive('topK', options?.topK, 'a number of scores');
  const begun = await gateway.batches.begin({ clientBatchId: clientBatchId ?? null, model, topK });
  if (!('add' in begun)) return begun;
  try {
    for (const image of images) {
      const file = await image;
      refuseLongName(file.name);
      await begun.add(file.name, file.read());
    }
    return await begun.complete();
  } catch (error) {
    await begun.abort();
    throw error;
  }
};

function refuseForeignOptions(options: InputMaybe<ClassifyOptions> | undefined): void {
  for (const name of ['deadlineMs', 'priority'] as const) {
    if (options?.[name] === undefined || options[name] === null) continue;
    throw new GatewayError('BAD_USER_INPUT', `${name} does not apply to a batch; only model and topK do.`);
  }
}

function refuseLongName({ length }: string): void {
  if (length <= MAX_NAME_LENGTH) return;
  const message = `A file name has ${length} characters; at most ${MAX_NAME_LENGTH} are accepted.`;
  throw new GatewayError('BAD_USER_INPUT', message);
}
