import { randomUUID } from 'node:crypto';
import { classify as classifyPicture } from '../../pool/classifier.ts';
import type { MutationResolvers } from '../schema-types.generated.ts';
import { readOptions } from './options.ts';

export const classify: MutationResolvers['classify'] = async (_root, { image, options }, context) => {
  const { gateway, uploads, gone } = context;
  const read = readOptions(options, gateway);
  const { bytes, release } = await uploads.read(image);
  return classifyPicture(gateway.pool, {
    ...read,
    id: randomUUID(),
    picture: bytes,
    onReleased: release,
    signal: gone,
  });
};
