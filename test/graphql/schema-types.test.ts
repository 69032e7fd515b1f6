/** The resolvers' types are made from schema.graphql. `npm run codegen` writes them; this test fails when they differ. */
import { readFileSync } from 'node:fs';
import { codegen } from '@graphql-codegen/core';
import * as typescript from '@graphql-codegen/typescript';
import * as resolvers from '@graphql-codegen/typescript-resolvers';
import { parse } from 'graphql';
import { expect, it } from 'vitest';

const GENERATED = new URL('../../src/graphql/schema-types.generated.ts', import.meta.url).pathname;

it('the generated resolver types are those of schema.graphql', async () => {
  const types = await codegen({
    filename: GENERATED,
    documents: [],
    schema: parse(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8')),
    plugins: [{ typescript: {} }, { resolvers: {} }],
    pluginMap: { typescript, resolvers },
    config: {
      contextType: './context.ts#Context',
      // The domain's own types stand behind these; resolvers of their fields make them GraphQL's.
      mappers: {
        Batch: '../batches/types.ts#Batch as BatchModel',
        BatchItem: '../batches/types.ts#BatchItem as BatchItemModel',
        BatchProgress: '../batches/types.ts#BatchEvent',
        ClusterNode: '../batches/cluster-view.ts#ClusterNode as ClusterNodeModel',
      },
      enumValues: {
        BatchState: '../batches/types.ts#BatchState',
        ItemStatus: '../batches/types.ts#ItemStatus',
        Priority: '../core/contracts/types.ts#Priority',
        WorkerKind: '../core/contracts/types.ts#WorkerKind',
        WorkerState: '../core/contracts/types.ts#WorkerState',
      },
      scalars: { Upload: "Promise<import('./uploads/upload.ts').ArrivingFile>" },
      strictScalars: true,
      enumsAsTypes: true,
      immutableTypes: true,
      useTypeImports: true,
      useIndexSignature: true,
      avoidOptionals: { field: true, query: true, mutation: true },
    },
  });
  // The generator exports the domain's enums as though they were values.
  const text = types.replace(/^export \{ (\w+) \};$/gm, 'export type { $1 };');
  await expect(`// Made from schema.graphql by \`npm run codegen\`.\n${text}`).toMatchFileSnapshot(GENERATED);
});
