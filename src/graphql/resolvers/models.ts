import type { QueryResolvers } from '../schema-types.generated.ts';

export const models: QueryResolvers['models'] = (_root, _args, { gateway }) =>
  gateway.repository.versions.map((version) => ({
    name: version.name,
    version: version.version,
    aliases: gateway.repository.aliasesOf(version),
    labels: version.output.labels,
    engine: gateway.engineOf(version),
    default: version === gateway.defaultModel,
  }));
